import type { GraphiQLPlugin } from '@graphiql/react';
import { useEffect } from 'react';
import type { ExplainedPlanFetch, ExplainedRequest, Explanation } from '../../src/observe/explain.js';
import { useExplanation, watch } from './explanations.js';

const Icon = () => (
  <svg height="1em" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.5">
    <path d="M2 3h6M5 8h7M8 13h6" />
  </svg>
);

function Content() {
  useEffect(() => {
    watch(true);
    return () => watch(false);
  }, []);
  const explanation = useExplanation();
  return (
    <div className="plan">
      <div className="graphiql-doc-explorer-title">Query plan</div>
      {explanation ? <Explained {...explanation} /> : <p>Run an operation while this pane is open.</p>}
    </div>
  );
}

function Explained({ operation, plan, requests = [], totalMs }: Explanation) {
  const { compiled, cost } = operation;
  return (
    <>
      <p>
        {operation.kind}, {totalMs} ms, {compiled === true ? 'compiled' : `interpreted: ${compiled.declined}`}
        {cost?.estimated !== undefined && `, cost ${cost.estimated} estimated`}
        {cost?.actual !== undefined && `, ${cost.actual} actual`}
      </p>
      <h3>Requests</h3>
      {requests.map((request, index) => (
        <Request key={index} request={request} totalMs={totalMs} />
      ))}
      <h3>Fetches</h3>
      {plan.map((fetch) => (
        <Fetch key={fetch.id} fetch={fetch} />
      ))}
    </>
  );
}

function Request({ request, totalMs }: { request: ExplainedRequest; totalMs: number }) {
  const percent = (ms: number) => `${Math.min(100, (100 * ms) / Math.max(totalMs, 0.01))}%`;
  const notes = [request.outcome, request.attempts > 1 && `${request.attempts} attempts`];
  if (request.isShared) notes.push('shared');
  return (
    <div className="plan-request" data-outcome={request.outcome}>
      <span>
        {request.subgraph} <small>fetch {request.fetches.join(', ')}</small>
      </span>
      <span>
        {request.ms} ms <small>{notes.filter(Boolean).join(', ')}</small>
      </span>
      <div className="plan-time">
        <div style={{ marginLeft: percent(request.startedMs), width: percent(request.ms) }} />
      </div>
    </div>
  );
}

function Fetch({ fetch }: { fetch: ExplainedPlanFetch }) {
  return (
    <details>
      <summary>
        {fetch.id}. {fetch.subgraph} <small>{fetch.path === '' ? 'root' : fetch.path}</small>
        {fetch.waitsFor.length > 0 && <small> after {fetch.waitsFor.join(', ')}</small>}
      </summary>
      <pre>{fetch.operation}</pre>
    </details>
  );
}

export const planView: GraphiQLPlugin = { title: 'Query plan', icon: Icon, content: Content };
