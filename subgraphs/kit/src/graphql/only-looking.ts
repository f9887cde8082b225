import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, Kind, OperationTypeNode, type OperationDefinitionNode } from 'graphql';
import { AppError } from '../errors.js';
import type { BaseContext } from './define-subgraph.js';

const message = 'Whoever acts as somebody else may look, and change nothing.';

/** Refuses mutations to viewers who are impersonated, but for those named. One place, so that none is forgotten. */
export const onlyLooking = (exceptions: readonly string[] = []): ApolloServerPlugin<BaseContext> => ({
  requestDidStart: async () => ({
    didResolveOperation: async ({ operation, contextValue }) => {
      if (!contextValue.viewer?.impersonatorId || operation?.operation !== OperationTypeNode.MUTATION) return;
      if (rootFields(operation).every((name) => name !== null && exceptions.includes(name))) return;
      throw new GraphQLError(message, { originalError: new AppError('FORBIDDEN', message) });
    },
  }),
});

/** Names of the fields asked for at the root; null for what is behind a fragment. */
const rootFields = ({ selectionSet }: OperationDefinitionNode): (string | null)[] =>
  selectionSet.selections.map((selection) => (selection.kind === Kind.FIELD ? selection.name.value : null));
