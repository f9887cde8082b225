/** How many generated operations the test suite runs; the soak runs as many as it is told. */
export const differentialSize = {
  /** Over our supergraph. */
  ours: 240,
  /** Of those that ApolloGateway answers too. */
  gateway: 60,
  /** Over each of the nasty supergraphs. */
  nasty: 12,
} as const;
