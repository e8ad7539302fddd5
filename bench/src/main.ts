/** `npm run bench [-- S M L]`: the numbers we hold ourselves to, measured, beside a calibration loop. Asserts nothing. */
import { cpus } from 'node:os'
import { calibrate } from './calibration.ts'
import { measureChurn } from './churn.ts'
import { measureCycles } from './cycles.ts'
import { measureMesh, type Size } from './mesh.ts'
import { measureRights } from './rights.ts'
import { printFigures } from './table.ts'

const asked = process.argv.slice(2).filter((word): word is Size => ['S', 'M', 'L'].includes(word))
const sizes: readonly Size[] = asked.length > 0 ? asked : ['S', 'M']

const calibrationMs = calibrate()
console.log(
  `Node ${process.version}, ${cpus().length} processors; the calibration loop takes ${calibrationMs.toFixed(1)} ms`,
)
if (asked.length === 0) {
  printFigures('Change', await measureChurn(), calibrationMs)
  printFigures('Clusters that come and go', await measureCycles(), calibrationMs)
  printFigures('Who sees what', await measureRights(), calibrationMs)
}
for (const size of sizes) printFigures(`Mesh ${size}`, await measureMesh(size), calibrationMs)
