import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { forgetListenFds, listenFds } from '../../src/lib/net/listen-fds.ts';

// Run in place of the program: says what was passed to it, and answers on each socket with its name.

const passed = listenFds({ pid: process.pid, env: process.env });
forgetListenFds(process.env);
const servers = passed.map(({ fd, name }) => createServer((socket) => socket.end(name)).listen({ fd }));
await Promise.all(servers.map((server) => once(server, 'listening')));
const child = `
  const { readdirSync, readlinkSync } = require('node:fs');
  const held = readdirSync('/proc/self/fd').flatMap((fd) => { try { return readlinkSync('/proc/self/fd/' + fd) } catch { return [] } });
  const variables = Object.keys(process.env).filter((name) => name.startsWith('LISTEN_'));
  console.log(JSON.stringify({ held, variables }));
`;
const ofChild: unknown = JSON.parse(execFileSync(process.execPath, ['-e', child], { encoding: 'utf8' }));
const own = passed.map(({ fd }) => readlinkSync(`/proc/self/fd/${fd}`));
console.log(JSON.stringify({ pid: process.pid, passed, own, address: servers[0]?.address(), ofChild }));
