import { useEffect, useState } from 'preact/hooks';
import type { FileReference, StoredFile } from '../wire.ts';
import type { ChatViewProps } from './chat-view.tsx';
import { Icon } from './icon.tsx';

/** The files of a message: pictures to be seen, others to be fetched. */
export const Files = ({ files, ...props }: ChatViewProps & { files: FileReference[] }) => (
  <>
    {files.map((file) => (
      <OneFile key={file.file_id} {...props} file={file} />
    ))}
  </>
);

function OneFile({ session, file }: ChatViewProps & { file: FileReference }) {
  const { file_id, filename, mime_type } = file;
  const isPicture = mime_type.startsWith('image/');
  const [url, setUrl] = useState('');
  const fetchUrl = async () => {
    const found = await session.call<StoredFile>((id) => `/conversations/${id}/files/${file_id}`);
    setUrl(found.url);
    return found.url;
  };
  useEffect(() => {
    if (isPicture) fetchUrl().catch(() => undefined);
  }, [file_id]);
  // The link to a file is short-lived: it is asked for when it is needed.
  const fetchFile = async () => {
    const found = await fetchUrl().catch(() => undefined);
    if (found) window.open(found, '_blank', 'noopener');
  };
  return (
    <button type="button" class="file" onClick={() => void fetchFile()} title={filename}>
      {isPicture && url ? <img src={url} alt={filename} /> : <Icon name="file" />}
      {!(isPicture && url) && <span>{filename}</span>}
    </button>
  );
}
