import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * The storage of a simulated vendor: JSON documents by collection and id, in the order in which they
 * were first put. In one SQLite file, so that they survive a kill; in memory without a file.
 */
export class Documents {
  readonly #db: DatabaseSync;

  constructor(file?: string) {
    if (file) mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    this.#db = new DatabaseSync(file ?? ':memory:');
    this.#db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = OFF;
      CREATE TABLE IF NOT EXISTS documents (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        collection TEXT NOT NULL, id TEXT NOT NULL, parent TEXT NOT NULL, body TEXT NOT NULL,
        UNIQUE (collection, id));
      CREATE INDEX IF NOT EXISTS by_parent ON documents (collection, parent, position);
    `);
  }

  get<T>(collection: string, id: string): T | undefined {
    const row = this.#db
      .prepare('SELECT body FROM documents WHERE collection = ? AND id = ?')
      .get(collection, id);
    return row && (JSON.parse(String(row['body'])) as T);
  }

  /** Inserts or replaces; a replaced document keeps its position. */
  put(collection: string, id: string, body: unknown, parent = ''): void {
    this.#db
      .prepare(
        `INSERT INTO documents (collection, id, parent, body) VALUES (?, ?, ?, ?)
         ON CONFLICT (collection, id) DO UPDATE SET body = excluded.body`,
      )
      .run(collection, id, parent, JSON.stringify(body));
  }

  delete(collection: string, id: string): void {
    this.#db.prepare('DELETE FROM documents WHERE collection = ? AND id = ?').run(collection, id);
  }

  /** The documents of a collection under one parent, oldest first. */
  list<T>(collection: string, parent = ''): T[] {
    return this.#db
      .prepare('SELECT body FROM documents WHERE collection = ? AND parent = ? ORDER BY position')
      .all(collection, parent)
      .map((row) => JSON.parse(String(row['body'])) as T);
  }

  close(): void {
    this.#db.close();
  }
}
