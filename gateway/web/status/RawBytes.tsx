import { useState } from "react";
import { bytesOf, hexRows, hexWords, printable } from "./raw-bytes.ts";

/** One message's bytes, as text and as hex, in boxes of a bounded height that scroll. */
export function RawBytes({ raw, about }: { readonly raw: string; readonly about: string }) {
  const bytes = bytesOf(raw);
  if (bytes.length === 0) return <p className="quiet">No byte of it was kept.</p>;
  return (
    <div className="raw">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by keyboard. */}
      <section className="raw-text" tabIndex={0} aria-label={`What is printable of ${about}`}>
        {printable(bytes)}
      </section>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: as above. */}
      <section className="raw-hex" tabIndex={0} aria-label={`The bytes of ${about}`}>
        {hexRows(bytes).map(({ offset, hex, text }) => (
          <span key={offset} className="raw-row">
            <span className="quiet">{offset}</span>
            {`  ${hex}  ${text}`}
          </span>
        ))}
      </section>
      <CopyHex hex={hexWords(bytes)} />
    </div>
  );
}

/** Outside of HTTPS browsers give pages no clipboard: the bytes then stand in a field, selected, to be copied by hand. */
function CopyHex({ hex }: { readonly hex: string }) {
  const [state, setState] = useState<"idle" | "copied" | "by-hand">("idle");
  const copy = async () => setState((await toClipboard(hex)) ? "copied" : "by-hand");
  if (state === "by-hand")
    return (
      <label className="raw-copy">
        Press Ctrl C to copy
        <textarea ref={selectAll} readOnly rows={2} value={hex} />
      </label>
    );
  return (
    <button type="button" className="control" onClick={copy}>
      {state === "copied" ? "Copied" : "Copy as hex"}
    </button>
  );
}

function selectAll(field: HTMLTextAreaElement | null): void {
  field?.focus();
  field?.select();
}

async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
