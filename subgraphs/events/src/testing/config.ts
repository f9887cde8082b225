/** Settings of a subgraph that is put together by hand. */
export const testConfig = {
  PUBLIC_URL: 'https://events.example',
  SEALING_SECRET: 'a-sealing-secret-for-tests-only-0123456789',
  ADDRESS_REQUESTS_PER_MINUTE: 200,
  TRUSTED_PROXIES: 1,
};
