import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Settings } from '../../config/schema.ts';
import { ControlClient } from '../../control/control-client.ts';
import { errno } from '../../errors.ts';
import { formatSize } from '../../text/units.ts';
import { maildirOf } from '../desk-settings.ts';
import { StepFault, StepWarning, type Examined } from '../steps/step.ts';
import { looks } from './examined.ts';

/** File systems that do not keep what they were given, or not as a journal needs it, by the number the kernel has. */
const unfit: Readonly<Record<number, string>> = {
  0x01021994: 'is in memory (tmpfs): what it has is gone with the machine',
  0x858458f6: 'is in memory (ramfs): what it has is gone with the machine',
  0x6969: 'is on a network (NFS): a lock or a sync there may not mean what it says',
  0xff534d42: 'is on a network (CIFS): a lock or a sync there may not mean what it says',
  0xfe534d42: 'is on a network (SMB): a lock or a sync there may not mean what it says',
};

/** Where everything is kept. */
export function dataDirChecks(settings: Settings, dataDir: string): Examined {
  const { journal } = settings;
  return looks('data directory', dataDir, [
    {
      name: 'can be written',
      async run() {
        const place = nearestThere(dataDir);
        try {
          accessSync(place, constants.W_OK | constants.X_OK);
        } catch (error) {
          throw new StepFault(
            `${place} may not be written by this user (${errno(error)})`,
            `Run it as its owner, or: sudo install -d -o "$USER" -m 700 ${dataDir}`,
          );
        }
        return place === dataDir ? 'it is there, and may be written' : `it is made at the first start, in ${place}`;
      },
    },
    { name: 'is private', run: async () => judgeMode(existsSync(dataDir) ? statSync(dataDir).mode : undefined) },
    {
      name: 'file system',
      run: async () => judgeFileSystem((await statfs(nearestThere(dataDir))).type),
    },
    {
      name: 'room',
      async run() {
        const { bavail, bsize, ffree, files } = await statfs(nearestThere(dataDir));
        return judgeRoom({ free: bavail * bsize, inodes: files === 0 ? undefined : ffree }, journal);
      },
    },
    {
      name: 'who uses it',
      async run() {
        const client = await ControlClient.connect(dataDir);
        client?.close();
        return client ? `${client.greeting.command} runs there, process ${client.greeting.pid}` : 'nobody now';
      },
    },
    {
      name: 'maildir',
      async run() {
        const path = maildirOf(settings, dataDir);
        if (path === undefined) return 'no output is a maildir';
        const place = nearestThere(path);
        try {
          accessSync(place, constants.W_OK | constants.X_OK);
          return `${path} ${place === path ? 'may be written' : 'can be made'}`;
        } catch (error) {
          throw new StepFault(`${place} may not be written (${errno(error)})`, 'Give it to the user of the sensor.');
        }
      },
    },
  ]);
}

export function judgeMode(mode: number | undefined): string {
  if (mode === undefined) return 'it will be made for its owner alone';
  const others = mode & 0o077;
  if (others === 0) return 'it is for its owner alone';
  throw new StepWarning(
    `others may look into it (mode ${(mode & 0o777).toString(8)})`,
    'What is in there are messages of strangers and passwords that were tried: chmod go= it.',
  );
}

export function judgeFileSystem(type: number): string {
  const why = unfit[type];
  if (why === undefined) return 'is fit for a journal';
  throw new StepWarning(`it ${why}`, 'Keep the data directory on a disk of this machine.');
}

export function judgeRoom(
  { free, inodes }: { readonly free: number; readonly inodes: number | undefined },
  { diskFloor, maxSize, segmentSize }: Pick<Settings['journal'], 'diskFloor' | 'maxSize' | 'segmentSize'>,
): string {
  if (free < diskFloor + segmentSize) {
    throw new StepFault(
      `${formatSize(free)} are free, and below ${formatSize(diskFloor)} no mail is taken`,
      'Make room, or lower journal.diskFloor.',
    );
  }
  if (inodes !== undefined && inodes < 10_000) {
    throw new StepFault(
      `only ${inodes} more files can be made there`,
      'Remove files: a maildir makes one for each message.',
    );
  }
  if (free < maxSize) {
    throw new StepWarning(
      `${formatSize(free)} are free, and the journal may grow to ${formatSize(maxSize)}`,
      'Lower journal.maxSize, or make room: where the disk is full, mail is refused for now.',
    );
  }
  return `${formatSize(free)} are free`;
}

function nearestThere(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestThere(dirname(path));
}
