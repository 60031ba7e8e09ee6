// Bundles src into dist and writes the manifest of commands, so that starting a command reads a few files instead of
// hundreds. Everything is built in memory and put in place file by file; what an earlier build left is removed last.
import { Plugin } from '@oclif/core';
import { build, type Plugin as BuildPlugin, type OutputFile } from 'esbuild';
import { globSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const dist = join(root, 'dist');

// string-width compiles a pattern of all emoji when it is loaded: 35 ms, for a text that nearly always is ASCII.
const lazyStringWidth: BuildPlugin = {
  name: 'lazy-string-width',
  setup(bundling) {
    bundling.onResolve({ filter: /^string-width$/ }, ({ namespace, importer }) =>
      namespace === 'file' && importer.startsWith(join(root, 'src'))
        ? { path: 'string-width', namespace: 'lazy' }
        : null,
    );
    bundling.onLoad({ filter: /^string-width$/, namespace: 'lazy' }, () => ({
      contents: `
        let stringWidth;
        export default (text, options) =>
          /^[ -~]*$/.test(text) ? text.length : (stringWidth ??= require('string-width').default)(text, options);`,
      resolveDir: root,
    }));
  },
};

await bundle();
await writeManifest();

async function bundle(): Promise<void> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: entryPoints(),
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node22.13',
    minifySyntax: true,
    minifyWhitespace: true,
    // Names stay, for stacks that people report; a map costs nothing until somebody asks for it.
    minifyIdentifiers: false,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.OCLIF_DISABLE_ENGINE_WARNING': '"1"' },
    plugins: [lazyStringWidth],
    // Not installed: Ink asks for the first when it debugs, oclif for the others when it finds TypeScript.
    external: ['react-devtools-core', 'typescript', 'ts-node', 'tsx'],
    banner: { js: "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);" },
  });
  for (const file of outputFiles) put(file);
  removeAllBut(new Set(outputFiles.map((file) => file.path)));
}

function removeAllBut(built: ReadonlySet<string>): void {
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    // An unfinished file may belong to another build that is running now.
    if (entry.isFile() && !built.has(path) && !path.endsWith('.tmp')) rmSync(path, { force: true });
  }
}

function entryPoints(): Record<string, string> {
  const entries: Record<string, string> = { run: 'src/run.ts', main: 'src/main.ts' };
  for (const path of globSync('src/commands/**/*.ts', { cwd: root })) {
    entries[path.replace(/^src\/|\.ts$/g, '')] = path;
  }
  for (const path of globSync('src/lib/assembly/*-worker.ts', { cwd: root })) {
    entries[basename(path, '.ts')] = path;
  }
  return entries;
}

// A command that runs while the project is being built again must find whole files.
function put({ path, contents }: Pick<OutputFile, 'path' | 'contents'>): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}.tmp`;
  writeFileSync(unfinished, contents);
  renameSync(unfinished, path);
}

// What `oclif manifest` writes, without the 54 MB of that tool.
async function writeManifest(): Promise<void> {
  mkdirSync(join(dist, 'commands'), { recursive: true });
  const options = {
    root,
    type: 'core',
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
  };
  const plugin = new Plugin(options);
  await plugin.load();
  const text = `${JSON.stringify(plugin.manifest, undefined, 2)}\n`;
  put({ path: join(root, 'oclif.manifest.json'), contents: Buffer.from(text) });
}
