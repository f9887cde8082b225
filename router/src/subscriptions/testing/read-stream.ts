/** The body of a response, piece by piece as the separator ends them. */
export async function* pieces(response: Response, separator: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    for (let at = text.indexOf(separator); at !== -1; at = text.indexOf(separator)) {
      yield text.slice(0, at);
      text = text.slice(at + separator.length);
    }
  }
  if (text !== '') yield text;
}

/** Results of an event stream; `complete` last, when it came. */
export async function* eventStreamResults(response: Response): AsyncGenerator<unknown> {
  for await (const piece of pieces(response, '\n\n')) {
    const [, event, data] = /^event: (\w+)\ndata: ?(.*)$/.exec(piece) ?? [];
    if (event === 'next') yield JSON.parse(data!);
    if (event === 'complete') yield 'complete';
  }
}

/** Parts of Apollo's multipart protocol, heartbeats left out. */
export async function* multipartResults(response: Response): AsyncGenerator<unknown> {
  for await (const piece of pieces(response, '--graphql')) {
    if (piece.startsWith('--')) yield 'complete';
    const [, json] = /^\r\ncontent-type: application\/json\r\n\r\n(.*)\r\n$/.exec(piece) ?? [];
    if (json !== undefined && json !== '{}') yield JSON.parse(json);
  }
}
