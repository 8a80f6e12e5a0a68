/** A sentence where there is no chat to show. */
export const Plain = ({ text }: { text: string }) => (
  <main class="nothing">
    <p role="status">{text}</p>
  </main>
);
