import { afterAll } from '@jest/globals';
import { describeServiceContract } from '@diaspora/kit/testing';
import { givenSearch, type Search } from './testing/given.js';

let search: Search;

afterAll(() => search.stop());

// Search owns no entity: its hits are references to those of others.
describeServiceContract('search', async () => (search = await givenSearch()));
