import type { Request, Response } from 'express';
import type { GraphQLFormattedError } from 'graphql';

const json = 'application/json';
const graphqlResponse = 'application/graphql-response+json';

/** Answers before GraphQL begins, in GraphQL's own response form and the media type the client asked for. */
export function sendErrors(
  request: Request,
  response: Response,
  status: number,
  errors: GraphQLFormattedError[],
): void {
  const type = request.accepts([json, graphqlResponse]) === graphqlResponse ? graphqlResponse : json;
  response.status(status).type(`${type}; charset=utf-8`).send(JSON.stringify({ errors }));
}
