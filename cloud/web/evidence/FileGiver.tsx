import { useId, useState } from "react";

export type GivenFile = { readonly name: string; readonly bytes: Uint8Array };

/** Only its beginning is read of a file that is longer than any that is good: it is refused for its length. */
export async function readFiles(files: readonly File[], bytesMax: number): Promise<GivenFile[]> {
  return await Promise.all(
    files.map(async (file) => ({
      name: file.name,
      bytes: new Uint8Array(await file.slice(0, bytesMax + 1).arrayBuffer()),
    })),
  );
}

/** A file that is chosen, dropped here, or pasted as its text. */
export function FileGiver({
  name,
  bytesMax,
  accept,
  text,
  isMany = false,
  onText,
  onFiles,
}: {
  /** What it is, in the words of its buttons: "file", "policy". */
  readonly name: string;
  readonly bytesMax: number;
  readonly accept: string;
  readonly text: string;
  readonly isMany?: boolean;
  onText(text: string): void;
  onFiles(files: readonly GivenFile[]): void;
}) {
  const id = useId();
  const [isOver, setOver] = useState(false);
  const take = (list: FileList | null) => {
    const files = Array.from(list ?? []);
    if (files.length > 0) void readFiles(files, bytesMax).then(onFiles);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is one of three ways; the other two are controls
    <div
      className="verify-drop"
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        setOver(false);
        take(event.dataTransfer.files);
      }}
    >
      <label htmlFor={id}>Drop the {name} here, or choose it</label>
      <input
        id={id}
        className="control"
        type="file"
        accept={accept}
        multiple={isMany}
        onChange={({ target }) => {
          take(target.files);
          // Choosing the same file again is a wish to see it checked again.
          target.value = "";
        }}
      />
      <label className="verify-paste">
        or paste its text
        <textarea
          className="control"
          rows={3}
          spellCheck={false}
          value={text}
          onChange={({ target }) => onText(target.value)}
        />
      </label>
    </div>
  );
}
