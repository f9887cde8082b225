import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { peersFolder } from './peers.js';

export interface Setting {
  /** Path of the composed supergraph. */
  readonly supergraph: string;
  readonly port: number;
  /** Whether identical work in flight may be shared, wherever the router can. */
  readonly isSharing: boolean;
  /** Whether subgraphs are to get the Authorization header. */
  readonly isForwarding: boolean;
}

export interface Router {
  readonly name: RouterName;
  readonly title: string;
  /** Arguments of node. */
  readonly args: (setting: Setting) => readonly string[];
  readonly env: (setting: Setting) => Record<string, string>;
  readonly cwd: string;
}

export const routerNames = ['ours', 'apollo', 'hive-rust', 'hive-js', 'tools'] as const;
export type RouterName = (typeof routerNames)[number];

const root = path.resolve(import.meta.dirname, '../../..');
const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  scripts: { prerouter: string; router: string };
};
/** Arguments of node, of a script that begins with it. */
const argsOf = (script: string) => script.split(' ').slice(1);

/** What `npm run router` does first. */
export const buildOurs = () =>
  void execFileSync(process.execPath, argsOf(scripts.prerouter), { cwd: root, stdio: 'inherit' });
const hive = path.join('node_modules', '@graphql-hive', 'gateway', 'dist', 'bin.js');

const hiveArgs = ({ supergraph, port }: Setting) => [
  ...[hive, 'supergraph', supergraph, '--config-path', 'hive.config.mjs'],
  ...['--host', '127.0.0.1', '--port', String(port)],
];

/** What the programs and the configuration in bench/peers read. */
const peerEnv = ({ isSharing, isForwarding }: Setting) => ({
  SHARING: isSharing ? 'on' : 'off',
  FORWARDING: isForwarding ? 'on' : 'off',
});

const ourEnv = ({ isSharing, isForwarding }: Setting) => ({
  DEDUPE_REQUESTS: String(isSharing),
  DEDUPE_SUBGRAPH_REQUESTS: String(isSharing),
  FORWARD_HEADERS: isForwarding ? 'authorization' : '',
});

/** The routers, each started as its own documentation has it. */
export const routers: readonly Router[] = [
  {
    name: 'ours',
    title: 'ours',
    cwd: root,
    env: ourEnv,
    args: ({ supergraph, port }) => [
      ...argsOf(scripts.router),
      '--supergraph',
      supergraph,
      '--port',
      String(port),
    ],
  },
  {
    name: 'apollo',
    title: 'ApolloServer and ApolloGateway',
    cwd: peersFolder,
    env: peerEnv,
    args: ({ supergraph, port }) => ['apollo-gateway.mjs', supergraph, String(port)],
  },
  {
    name: 'hive-rust',
    title: 'Hive Gateway, Rust planner',
    cwd: peersFolder,
    env: peerEnv,
    args: (setting) => [...hiveArgs(setting), '--hive-router-runtime'],
  },
  { name: 'hive-js', title: 'Hive Gateway', cwd: peersFolder, env: peerEnv, args: hiveArgs },
  {
    name: 'tools',
    title: 'graphql-tools federation and Yoga',
    cwd: peersFolder,
    env: peerEnv,
    args: ({ supergraph, port }) => ['tools-federation.mjs', supergraph, String(port)],
  },
];
