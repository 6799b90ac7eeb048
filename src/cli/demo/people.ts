/** Who plays in the demo, and where. */
export const OWNER = 'proxima-lab'
export const REPOSITORY = 'proxima'
/** Maintains the target repository. */
export const MAINTAINER = 'mia'
/** Asks for a simulator; may read only. */
export const PHYSICIST = 'paul'
