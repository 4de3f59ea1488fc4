/** Something the person who started the simulator must put right; shown without a stack. */
export class SetupProblem extends Error {
  override readonly name = "SetupProblem";
}
