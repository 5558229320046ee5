// A folder for tests of reading.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface TempFolder {
  readonly path: string;
  /** Writes files, with their folders; gives the folder back. */
  write(files: Readonly<Record<string, string | Uint8Array>>): TempFolder;
  /** Makes `name` a link to `target`, which is relative to where the link stands. */
  link(name: string, target: string): TempFolder;
  remove(): void;
}

export function createTempFolder(): TempFolder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'meshlint-load-')));
  const place = (name: string): string => {
    const full = join(path, name);
    mkdirSync(dirname(full), { recursive: true });
    return full;
  };
  const folder: TempFolder = {
    path,
    write(files) {
      for (const [name, content] of Object.entries(files)) writeFileSync(place(name), content);
      return folder;
    },
    link(name, target) {
      symlinkSync(target, place(name));
      return folder;
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
  return folder;
}

/** The text of a small manifest. */
export function manifest(name: string, kind = 'Service'): string {
  return `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n`;
}
