import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { explaining } from './explanations';
import { planView } from './plan-view';

const welcome = `# Ctrl-Enter runs the operation under the cursor, Ctrl-Space completes.
# To act as somebody, put an access token into the "Headers" tab below:
#   { "Authorization": "Bearer <access token>" }
# Open the query plan, the last button of the left bar, to see what an operation asks of which subgraph.

query Hello {
  __typename
}
`;

const url = new URL('/graphql', window.location.href);
const subscriptionUrl = Object.assign(new URL(url), { protocol: url.protocol.replace('http', 'ws') });
const fetcher = createGraphiQLFetcher({
  url: url.toString(),
  subscriptionUrl: subscriptionUrl.toString(),
  // Answers come whole, so that their explanation can be read.
  enableIncrementalDelivery: false,
});

createRoot(document.getElementById('root')!).render(
  <GraphiQL
    fetcher={explaining(fetcher)}
    plugins={[HISTORY_PLUGIN, planView]}
    defaultQuery={welcome}
    defaultHeaders={'{\n  "Authorization": ""\n}'}
    defaultEditorToolsVisibility="headers"
    isHeadersEditorEnabled
    shouldPersistHeaders={false}
  />,
);
