import type { Command } from '@oclif/core';
import { dataDirFor } from './lib/config/data-dir.ts';
import { readFeed } from './lib/config/feed.ts';
import type { Loaded } from './lib/config/load.ts';

/** What a command that keeps running is started with, from what its flags say. */
export function runOf(command: Command, load: () => Loaded, feedFile?: string) {
  const { settings, file } = load();
  const name = command.id ?? 'serve';
  return {
    program: { command: name, version: command.config.version },
    settings,
    configuration: { file, reread: () => load().settings },
    dataDir: dataDirFor(name, settings.dataDir),
    ...(feedFile !== undefined && { feed: readFeed(feedFile) }),
  };
}
