/** Draws titles and tables onto pages, with a table's header again on each page that it goes on to. */
import { setImmediate } from "node:timers/promises";
import { pdfText } from "./pdf-text.ts";

export type PdfColumn<Row> = {
  readonly title: string;
  readonly width: number;
  text(row: Row): string;
  /** A bar behind the text: 0 to 1 of the width; null: none. */
  readonly bar?: (row: Row) => number | null;
  readonly isLeft?: boolean;
};

const FONT = "Helvetica";
const BOLD = "Helvetica-Bold";
const TEXT_SIZE = 8;
const CELL_SIZE = 7;
const ROW_HEIGHT = 14;
const HEADER_HEIGHT = 28;
const FOOTER_HEIGHT = 18;
const CELL_GAP = 3;
/** Drawing takes a while, in which nobody else would be served. */
const ROWS_PER_TURN = 20;
/** Dark on light in print, too. */
const INK = "#1a1a1a";
const FAINT = "#5a5a5a";
const RULE = "#c8c8c8";
const BAR = "#bcd3e6";

const CHANGED =
  "Some names have characters that the fonts of this file lack: they stand without accents, or as a question mark. The Excel and CSV files have them as they are.";

export class PdfPages {
  readonly #document: PDFKit.PDFDocument;
  #isTextChanged = false;

  constructor(document: PDFKit.PDFDocument) {
    this.#document = document;
  }

  title(text: string): void {
    this.#document.font(BOLD).fontSize(16).fillColor(INK).text(this.#shown(text)).moveDown(0.3);
  }

  line(text: string): void {
    this.#document.font(FONT).fontSize(TEXT_SIZE).fillColor(FAINT).text(this.#shown(text));
  }

  async table<Row>(title: string, columns: readonly PdfColumn<Row>[], rows: readonly Row[]): Promise<void> {
    const document = this.#document;
    // A title does not stand alone at the end of a page.
    this.#requireRoom(HEADER_HEIGHT + ROW_HEIGHT * 2 + 30);
    document.moveDown(1.2).font(BOLD).fontSize(11).fillColor(INK);
    document.text(this.#shown(title), document.page.margins.left).moveDown(0.3);
    let y = this.#header(columns, document.y);
    for (const [place, row] of rows.entries()) {
      if (place % ROWS_PER_TURN === 0) await setImmediate();
      if (y + ROW_HEIGHT > this.#bottom) {
        document.addPage();
        y = this.#header(columns, document.page.margins.top);
      }
      this.#row(columns, row, y);
      y += ROW_HEIGHT;
    }
    document.x = document.page.margins.left;
    document.y = y;
  }

  definitions(title: string, definitions: readonly (readonly [string, string])[]): void {
    const document = this.#document;
    this.#requireRoom(120);
    document.moveDown(1.5).font(BOLD).fontSize(11).fillColor(INK).text(title).moveDown(0.4);
    for (const [term, meaning] of definitions) {
      this.#requireRoom(ROW_HEIGHT * 2);
      document.fontSize(TEXT_SIZE).fillColor(INK);
      document.font(BOLD).text(`${term}. `, { continued: true }).font(FONT).text(meaning).moveDown(0.2);
    }
    if (this.#isTextChanged) document.moveDown(0.5).fillColor(INK).text(CHANGED);
  }

  /** Once, after everything else: a footer with the number of each page. */
  finish(footer: string): void {
    const document = this.#document;
    const { start, count } = document.bufferedPageRange();
    for (let page = start; page < start + count; page += 1) {
      document.switchToPage(page);
      const { left, right, bottom } = document.page.margins;
      const width = document.page.width - left - right;
      const y = document.page.height - bottom + 6;
      // Text below the margin would otherwise begin a page of its own.
      document.page.margins.bottom = 0;
      document.font(FONT).fontSize(CELL_SIZE).fillColor(FAINT);
      document.text(this.#shown(footer), left, y, { width: width - 80, lineBreak: false, ellipsis: true });
      document.text(`Page ${page - start + 1} of ${count}`, left, y, {
        width,
        align: "right",
        lineBreak: false,
      });
      document.page.margins.bottom = bottom;
    }
  }

  get #bottom(): number {
    return this.#document.page.height - this.#document.page.margins.bottom - FOOTER_HEIGHT / 2;
  }

  #requireRoom(height: number): void {
    if (this.#document.y + height > this.#bottom) this.#document.addPage();
  }

  /** Returns where the first row begins. */
  #header<Row>(columns: readonly PdfColumn<Row>[], y: number): number {
    const document = this.#document;
    document.font(BOLD).fontSize(CELL_SIZE).fillColor(INK);
    this.#cells(columns, (column, x, width) =>
      document.text(column.title, x, y, {
        width,
        height: HEADER_HEIGHT,
        align: column.isLeft ? "left" : "right",
      }),
    );
    this.#rule(columns, y + HEADER_HEIGHT - 2);
    return y + HEADER_HEIGHT;
  }

  #row<Row>(columns: readonly PdfColumn<Row>[], row: Row, y: number): void {
    const document = this.#document;
    this.#cells(columns, (column, x, width) => {
      const share = column.bar?.(row) ?? null;
      if (share !== null) document.rect(x, y + 1.5, width * share, ROW_HEIGHT - 4).fill(BAR);
      document.font(FONT).fontSize(CELL_SIZE).fillColor(INK);
      document.text(this.#shown(column.text(row)), x, y + 3, {
        width,
        height: ROW_HEIGHT - 3,
        align: column.isLeft ? "left" : "right",
        lineBreak: false,
        ellipsis: true,
      });
    });
    this.#rule(columns, y + ROW_HEIGHT - 1);
  }

  #cells<Row>(
    columns: readonly PdfColumn<Row>[],
    draw: (column: PdfColumn<Row>, x: number, width: number) => void,
  ): void {
    let x = this.#document.page.margins.left;
    for (const column of columns) {
      draw(column, x, column.width - CELL_GAP);
      x += column.width;
    }
  }

  #rule(columns: readonly { readonly width: number }[], y: number): void {
    const { left } = this.#document.page.margins;
    const width = columns.reduce((sum, column) => sum + column.width, 0);
    this.#document
      .moveTo(left, y)
      .lineTo(left + width, y)
      .lineWidth(0.4)
      .strokeColor(RULE)
      .stroke();
  }

  #shown(given: string): string {
    const { text, isChanged } = pdfText(given);
    if (isChanged) this.#isTextChanged = true;
    return text;
  }
}
