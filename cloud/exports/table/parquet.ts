/** Parquet with typed columns, a row group at a time, so that no more than one is in memory. */
import type { SchemaElement } from "hyparquet";
import { ByteWriter, type ColumnSource, ParquetWriter } from "hyparquet-writer";
import type { Cell, Column, ColumnType, Sink, TableWriter } from "./table.ts";

const ROWS_PER_GROUP = 20_000;

const ELEMENTS = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  time: { type: "INT64", converted_type: "TIMESTAMP_MILLIS" },
  integer: { type: "INT64" },
  number: { type: "DOUBLE" },
} as const satisfies Record<ColumnType, Partial<SchemaElement>>;

/** As the library takes them. */
const VALUES = {
  text: (cell) => cell,
  time: (cell) => new Date(Number(cell)),
  integer: (cell) => BigInt(cell),
  number: (cell) => cell,
} as const satisfies Record<ColumnType, (cell: NonNullable<Cell>) => unknown>;

export function parquetWriter(columns: readonly Column[], sink: Sink): TableWriter {
  const bytes = new ByteWriter();
  const file = new ParquetWriter({
    writer: bytes,
    schema: [
      { name: "root", num_children: columns.length },
      ...columns.map(
        ({ name, type }): SchemaElement => ({
          name,
          repetition_type: "OPTIONAL",
          ...ELEMENTS[type],
        }),
      ),
    ],
    createdBy: "hospitell",
  });
  let group: unknown[][] = columns.map(() => []);

  async function drain(): Promise<void> {
    const written = bytes.getBytes().slice(0, bytes.index);
    bytes.index = 0;
    if (written.byteLength > 0) await sink(written);
  }
  async function writeGroup(): Promise<void> {
    const rows = group[0]?.length ?? 0;
    if (rows === 0) return;
    const columnData = columns.map(({ name }, place): ColumnSource => ({ name, data: group[place] ?? [] }));
    await file.write({ columnData, rowGroupSize: rows });
    group = columns.map(() => []);
    await drain();
  }
  return {
    async write(rows) {
      for (const row of rows)
        for (const [place, { type }] of columns.entries()) {
          const cell = row[place] ?? null;
          group[place]?.push(cell === null ? null : VALUES[type](cell));
        }
      if ((group[0]?.length ?? 0) >= ROWS_PER_GROUP) await writeGroup();
    },
    async finish() {
      await writeGroup();
      await file.finish();
      await drain();
    },
  };
}
