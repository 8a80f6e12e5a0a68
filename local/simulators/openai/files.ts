import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type OpenAI from 'openai';
import type { SimulatorEnv } from '../faults.ts';
import { ApiError, invalid, notFound } from './errors.ts';
import { newId } from './ids.ts';
import { type Item, imagesIn } from './items.ts';
import type { World } from './model.ts';
import { seconds } from './schedule.ts';

type FileObject = OpenAI.Files.FileObject;

const maxFileBytes = 20 * 1024 * 1024;
const maxFormBytes = maxFileBytes + 64 * 1024;

/** `/files`: the name of an upload is stored, its bytes are not. */
export function fileRoutes(world: World): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  const { requestLog, documents } = world;

  app.post(
    '/files',
    bodyLimit({ maxSize: maxFormBytes, onError: () => Promise.reject(tooLarge()) }),
    requestLog('files.create'),
    async (c) => {
      const { file, purpose } = await c.req.parseBody();
      if (!(file instanceof File)) throw missing('file');
      if (!isPurpose(purpose)) throw missing('purpose');
      if (file.size > maxFileBytes) throw tooLarge();
      const stored: FileObject = {
        id: newId('file-'),
        object: 'file',
        bytes: file.size,
        created_at: seconds(world.now()),
        filename: file.name,
        purpose,
        status: 'processed',
      };
      documents.put('files', stored.id, stored);
      return c.json(stored);
    },
  );

  app.get('/files/:id', requestLog('files.retrieve'), (c) =>
    c.json(fileOf(world, c.req.param('id'))),
  );

  app.delete('/files/:id', requestLog('files.delete'), (c) => {
    const { id } = fileOf(world, c.req.param('id'));
    documents.delete('files', id);
    return c.json({ id, object: 'file', deleted: true });
  });

  return app;
}

/** Throws for an image that names an uploaded file which does not exist. */
export function refuseUnknownFiles(world: World, items: Item[]): void {
  for (const { file_id } of items.flatMap(imagesIn)) if (file_id) fileOf(world, file_id);
}

export function fileOf(world: World, id: string): FileObject {
  const file = world.documents.get<FileObject>('files', id);
  if (!file) throw notFound(`No such File object: ${id}`);
  return file;
}

const purposes = ['assistants', 'batch', 'fine-tune', 'vision', 'user_data'] as const;

const isPurpose = (value: unknown): value is (typeof purposes)[number] =>
  purposes.some((purpose) => purpose === value);

const missing = (param: string) =>
  invalid(`Missing or invalid parameter: '${param}'.`, {
    code: 'missing_required_parameter',
    param,
  });

const tooLarge = () =>
  new ApiError(413, `Maximum content size limit (${maxFileBytes}) exceeded.`, {
    code: 'file_too_large',
    param: 'file',
  });
