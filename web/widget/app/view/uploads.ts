import { useRef, useState } from 'preact/hooks';
import { Failure } from '../api.ts';
import { problemOf, type Upload, uploadFile } from '../files.ts';
import { fill } from '../texts.ts';
import type { ChatViewProps } from './chat-view.tsx';

/** The files that are chosen for the next message, each of which is sent at once. */
export function useUploads({ session, config, texts }: ChatViewProps) {
  const [uploads, setUploads] = useState<Upload[]>([]);
  const [problem, setProblem] = useState('');
  const cancels = useRef(new Map<string, () => void>());
  const change = (id: string, part: Partial<Upload>) =>
    setUploads((all) => all.map((one) => (one.id === id ? { ...one, ...part } : one)));
  const remove = (id: string) => {
    cancels.current.get(id)?.();
    setUploads((all) => all.filter((one) => one.id !== id));
  };

  function add(list: FileList | null | undefined): void {
    const bounds = config.files;
    if (!bounds || !list?.length) return;
    const complaints: string[] = [];
    const fitting = [...list].filter((file) => {
      const wrong = problemOf(file, bounds);
      const max = `${Math.round(bounds.max_bytes / 1e5) / 10} MB`;
      if (wrong) complaints.push(fill(texts[wrong], { name: file.name, max }));
      return !wrong;
    });
    const room = Math.max(0, bounds.max_count - uploads.length);
    if (fitting.length > room) complaints.push(fill(texts.file_count, { count: bounds.max_count }));
    setProblem(complaints.join(' · '));
    for (const file of fitting.slice(0, room)) void upload(file);
  }

  async function upload(file: File): Promise<void> {
    const id = crypto.randomUUID();
    const cancel = new AbortController();
    const preview = file.type.startsWith('image/') ? URL.createObjectURL(file) : undefined;
    cancels.current.set(id, () => cancel.abort());
    setUploads((all) => [
      ...all,
      { id, name: file.name, progress: 0, ...(preview && { preview }) },
    ]);
    try {
      const progress = (share: number) => change(id, { progress: share });
      const stored = await uploadFile(session, file, progress, cancel.signal);
      change(id, { stored, progress: 1 });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (cancel.signal.aborted) return;
      remove(id);
      const said = fill(texts.file_failed, { name: file.name });
      const why = error.status === 0 || !error.message ? said : `${said}: ${error.message}`;
      // What was said of the others stays.
      setProblem((before) => (before ? `${before} · ${why}` : why));
    } finally {
      cancels.current.delete(id);
    }
  }

  function clear(): void {
    setUploads([]);
    setProblem('');
  }
  return { uploads, problem, add, remove, clear };
}
