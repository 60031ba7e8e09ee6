import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';

const list = new URL('debian-packages.txt', import.meta.url);

const proofs = new Map(
  readFileSync(list, 'utf8')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => line.split(' ') as [name: string, proof: string]),
);

export function isInstalled(name: string): boolean {
  const proof = proofs.get(name);
  if (proof === undefined) throw new Error(`${name} is not in test/support/debian-packages.txt`);
  if (proof.startsWith('/')) return isThere(proof, constants.R_OK);
  // Servers are in sbin, which is not on every user's path.
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders.some((folder) => folder && isThere(join(folder, proof), constants.X_OK));
}

function isThere(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
