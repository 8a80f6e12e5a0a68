import { Failure } from './api.ts';
import type { VisitorSession } from './session.ts';
import type { FileReference, WidgetConfig } from './wire.ts';

export type Bounds = NonNullable<WidgetConfig['files']>;

/** A file that the customer has chosen. */
export interface Upload {
  id: string;
  name: string;
  /** 0 to 1. */
  progress: number;
  /** Of a picture. */
  preview?: string;
  stored?: FileReference;
  problem?: 'file_type' | 'file_size' | 'file_failed';
}

type Candidate = Pick<File, 'type' | 'size'>;

/** What is wrong with a file, before any of it is sent. */
export function problemOf({ type, size }: Candidate, bounds: Bounds): Upload['problem'] {
  const allowed = bounds.mime_types.some((one) =>
    one.endsWith('/*') ? type.startsWith(one.slice(0, -1)) : one === type,
  );
  if (!allowed) return 'file_type';
  return size > bounds.max_bytes || size === 0 ? 'file_size' : undefined;
}

/** Uploads a file to where the API says, with its progress from 0 to 1. */
export async function uploadFile(
  session: VisitorSession,
  file: File,
  progress: (share: number) => void,
  signal: AbortSignal,
): Promise<FileReference> {
  await session.ensure();
  const { file_id, upload } = await session.call<{
    file_id: string;
    upload: { url: string; fields: Record<string, string> };
  }>((id) => `/conversations/${id}/files`, {
    method: 'POST',
    body: { filename: file.name, mime_type: file.type, size: file.size },
  });
  await post(upload, file, progress, signal);
  return session.call<FileReference>((id) => `/conversations/${id}/files/${file_id}/complete`, {
    method: 'POST',
    body: {},
  });
}

/** By XMLHttpRequest, since fetch does not say how far it is. */
function post(
  { url, fields }: { url: string; fields: Record<string, string> },
  file: File,
  progress: (share: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
    request.onload = () =>
      request.status < 300 ? resolve() : reject(new Failure(request.status, 'Not taken.'));
    request.onerror = () => reject(new Failure(0, 'Not sent.'));
    signal.addEventListener('abort', () => {
      request.abort();
      reject(new Failure(0, 'Cancelled.'));
    });
    request.send(form);
  });
}
