/** More than any chain of promises without a timer takes. */
const TURNS = 30;

/** Everything that waits for nothing but promises has gone on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await new Promise<void>((resolve) => nextTurn(resolve));
}

/** A turn of the event loop, whatever is done to its timers. */
function nextTurn(then: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    then();
  };
  port2.postMessage(null);
}
