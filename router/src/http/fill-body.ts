import type { RequestHandler } from 'express';

/** Bodies of other media types stay unread; GraphQL then says in its own words what is missing. */
export const fillBody: RequestHandler = (request, _response, next) => {
  request.body ??= {};
  next();
};
