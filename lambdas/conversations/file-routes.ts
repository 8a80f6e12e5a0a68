import * as z from 'zod/mini';
import { enveloped } from '../shared/http/envelope.ts';
import type { ApiRoute } from '../tenancy/route.ts';
import { conversationId, fileReference } from './conversation.ts';
import { fileTypes } from './file-bounds.ts';
import { tag } from './scopes.ts';

const shared = { tag, envelope: true, access: 'conversations:visit' } as const;

/** An id that was given out; another is one of nothing. */
const fileId = z.guid().check(z.toLowerCase());

const ofOne = {
  ...shared,
  params: z.object({ conversation_id: conversationId, file_id: fileId }),
  missing: 'There is no such file.',
} as const;

const fileView = z.extend(fileReference, { uploaded_at: z.iso.datetime() });

/** The files of a conversation: begun, uploaded to the bucket itself, completed, and read by their ids. */
export const fileRoutes = {
  begin: {
    ...shared,
    operationId: 'beginFile',
    method: 'POST',
    path: '/conversations/{conversation_id}/files',
    summary: 'Begins a file: its upload takes exactly this type and size',
    params: z.object({ conversation_id: conversationId }),
    missing: 'There is no such conversation.',
    body: z.strictObject({
      filename: z.string().check(z.minLength(1), z.maxLength(1_000)),
      mime_type: z.enum(fileTypes),
      size: z.int().check(z.gte(1)),
    }),
    success: {
      status: 201,
      what: 'Where the file is posted as multipart/form-data: the fields first, the file last as `file`; then it is completed',
      schema: enveloped(
        z.object({
          file_id: z.string(),
          filename: z.string(),
          upload: z.object({ url: z.string(), fields: z.record(z.string(), z.string()) }),
          expires_at: z.iso.datetime(),
        }),
      ),
    },
    problems: { 409: 'too-many-files', 422: 'invalid' },
  },
  complete: {
    ...ofOne,
    operationId: 'completeFile',
    method: 'POST',
    path: '/conversations/{conversation_id}/files/{file_id}/complete',
    summary: 'Completes a file that is uploaded: its content must be of its type',
    success: {
      status: 200,
      what: 'The file, which a message may name',
      schema: enveloped(fileView),
    },
    problems: { 409: 'file-not-uploaded', 422: 'file-refused' },
  },
  get: {
    ...ofOne,
    operationId: 'getFile',
    method: 'GET',
    path: '/conversations/{conversation_id}/files/{file_id}',
    summary: 'A file, with a URL that gives its content for some minutes',
    success: {
      status: 200,
      what: 'The file; the URL saves it, and shows it in a page as a picture alone',
      schema: enveloped(z.extend(fileView, { url: z.string(), expires_at: z.iso.datetime() })),
    },
  },
} satisfies Record<string, ApiRoute>;
