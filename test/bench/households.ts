import { closeSync, openSync, writeSync } from 'node:fs';

/** Rows of the table "Individual household electric power consumption" of the UCI repository. */
export const householdRows = 2_075_259;

const columns = [
  'Global_active_power',
  'Global_reactive_power',
  'Voltage',
  'Global_intensity',
  'Sub_metering_1',
  'Sub_metering_2',
  'Sub_metering_3',
];

/**
 * Writes a table of the shape of UCI household power consumption, 127 MiB with all of its rows: minutes, `;` between the
 * cells, `?` in all seven columns of 1.25 % of the rows.
 */
export function writeHouseholds(path: string, rows = householdRows): void {
  const file = openSync(path, 'w');
  try {
    let text = `Date;Time;${columns.join(';')}\n`;
    const start = Date.UTC(2006, 11, 16, 17, 24);
    for (let row = 0; row < rows; row++) {
      const [date = '', time = ''] = new Date(start + 60_000 * row).toISOString().slice(0, 19).split('T');
      const day = date.split('-').map(Number).reverse().join('/');
      text += `${day};${time};${row % 80 === 79 ? '?;?;?;?;?;?;' : cellsOf(row)}\n`;
      if (text.length > 1 << 20) {
        writeSync(file, text);
        text = '';
      }
    }
    writeSync(file, text);
  } finally {
    closeSync(file);
  }
}

function cellsOf(row: number): string {
  const turn = (2 * Math.PI * row) / 1440;
  // A number from 0 to 1 that looks random.
  const noise = (row * 0.618_033_988_749_895) % 1;
  const power = 1.3 + 0.9 * Math.sin(turn) + 0.3 * noise;
  const voltage = 240 + 3 * Math.cos(turn) + noise;
  const cells = [power.toFixed(3), (0.1 + (row % 7) / 50).toFixed(3), voltage.toFixed(3), (4 * power).toFixed(3)];
  return `${cells.join(';')};0.000;${row % 3}.000;17.000`;
}
