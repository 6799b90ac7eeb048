/** Every test runs on the Node that the product runs on, never on whatever happens to be on the path. */
const major = Number.parseInt(process.versions.node, 10)
if (major < 24)
  throw new Error(`The tests need Node 24 or newer, this is ${process.version}. Run them with \`npm test\`.`)

// One thread per simulator: results and times do not depend on the machine's load.
process.env.OMP_NUM_THREADS = '1'
