// Numbers and how they are shown.

/** The middle of some numbers; NaN of none. */
export function median(numbers = []) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The median of what one takes of the other's time, round by round. */
export function paired(own, other) {
  return median(own.slice(0, other.length).map((time, round) => time / other[round]))
}

/** Rows of texts in columns: the first to the left, the others to the right. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const cell = (text = '', column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]))
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n')
}
