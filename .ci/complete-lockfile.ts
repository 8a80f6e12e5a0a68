import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

/**
 * Puts into package-lock.json the optional packages of other platforms that npm may have left out
 * (it does so when they cannot be looked up while it writes the file), without which `npm ci`
 * refuses the whole lockfile. To be run after `npm install`.
 */
interface LockedPackage {
  version?: string;
  integrity?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  engines?: unknown;
  optionalDependencies?: Record<string, string>;
}

const file = path.resolve(import.meta.dirname, '../package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, LockedPackage> };

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const processors = [
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];

let added = 0;
for (const owner of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`;
    const platform = platformOf(name);
    if (!platform || lock.packages[place]) continue;
    lock.packages[place] = {
      version,
      ...(owner.dev && { dev: true }),
      optional: true,
      ...platform,
    };
    added += 1;
  }
}
const prefix = 'node_modules/';
const unpinned = Object.entries(lock.packages).filter(
  ([place, { optional, integrity }]) => place.startsWith(prefix) && optional && !integrity,
);
for (const [place, locked] of unpinned) {
  const found = await integrityOf(`${place.slice(prefix.length)}@${locked.version}`);
  if (found) lock.packages[place] = { version: locked.version, integrity: found, ...locked };
}
const left = unpinned.filter(([place]) => !lock.packages[place]?.integrity).length;
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)),
);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} packages of other platforms added to package-lock.json.`);
if (left > 0) console.log(`${left} have no integrity: the registry does not know them.`);

/** The hash by which npm checks what it downloads; undefined where the registry does not know the package. */
async function integrityOf(spec: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('npm', ['view', spec, 'dist.integrity']);
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** The platform that a package's name ends in, as `linux-arm64-musl`; undefined for one that is for all. */
function platformOf(name: string): Pick<LockedPackage, 'os' | 'cpu' | 'libc'> | undefined {
  const words = name.split('/').at(-1)?.split('-') ?? [];
  const os = words.find((word) => systems.includes(word));
  const cpu = words.find((word) => processors.includes(word));
  const libc = words.includes('musl')
    ? 'musl'
    : words.some((word) => word.startsWith('gnu'))
      ? 'glibc'
      : undefined;
  if (!os && !cpu) return undefined;
  return {
    ...(os && { os: [os] }),
    ...(cpu && { cpu: [cpu] }),
    ...(libc && os === 'linux' && { libc: [libc] }),
  };
}
