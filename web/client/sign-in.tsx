/** The way to the sign-in page, and back to this very place. */
export function SignInLink({ label }: { readonly label: string }) {
  const returnTo = encodeURIComponent(location.pathname + location.search);
  return (
    <a className="button primary" href={`login?returnTo=${returnTo}`}>
      {label}
    </a>
  );
}

/** What somebody sees who is not signed in. */
export function SignIn() {
  return (
    <section className="card">
      <h1>See the heart that somebody shares with you</h1>
      <p>Sign in first, so that the owner’s server knows who is asking.</p>
      <div className="row">
        <SignInLink label="Sign in" />
      </div>
    </section>
  );
}
