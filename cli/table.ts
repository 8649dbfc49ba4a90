/** Cells in columns, two blanks between them; numbers, and what begins with one, to the right. */
export function table(rows: readonly (readonly string[])[], indent = ""): string {
  const widths = rows.reduce<number[]>(
    (known, row) => row.map((cell, column) => Math.max(known[column] ?? 0, cell.length)),
    [],
  );
  const isRight = widths.map((_, column) =>
    rows.slice(1).every((row) => /^[+-]?\d[\d,.]*%?$|^[-?]?$/.test(row[column] ?? "")),
  );
  return rows
    .map((row) => {
      const cells = row.map((cell, column) =>
        isRight[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      );
      return (indent + cells.join("  ")).trimEnd();
    })
    .join("\n");
}

/** The same as Markdown. */
export function markdownTable([header = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}
