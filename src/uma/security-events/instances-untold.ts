/** Raised when the other instances of this resource server may not know what one of them was told. */
export class InstancesUntold extends Error {
  override readonly name = 'InstancesUntold';
}
