/** The application around its pages: who is signed in decides between the shell and the way in. */

import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useSession, useSignIn } from "../client/index.ts";
import { Loading, Problem, ToastArea } from "../ui/index.ts";
import { JoinPage } from "./join-page.tsx";
import { router } from "./router.tsx";
import { SignedOutPage } from "./signed-out-page.tsx";

export function App({ client, token }: { client: QueryClient; token: string | null }): ReactNode {
  return (
    <QueryClientProvider client={client}>
      <ToastArea>
        <Entrance token={token} />
      </ToastArea>
    </QueryClientProvider>
  );
}

/** Redeems a token once, then shows what the session allows. A spent token does not matter to who is signed in. */
function Entrance({ token }: { token: string | null }): ReactNode {
  const [redeeming, setRedeeming] = useState(token !== null);
  const signIn = useSignIn();
  const session = useSession();
  const { mutate } = signIn;
  const sent = useRef(false); // A token is spent by its first use; an effect may run twice.
  useEffect(() => {
    if (token === null || sent.current) return;
    sent.current = true;
    mutate({ token }, { onSettled: () => setRedeeming(false) });
  }, [token, mutate]);

  if (redeeming || session.isPending) {
    return (
      <Centre>
        <Loading text={redeeming ? "Signing you in …" : "Asking the server who you are …"} />
      </Centre>
    );
  }
  if (session.isError) {
    return (
      <Centre>
        <Problem error={session.error} onRetry={() => void session.refetch()} />
      </Centre>
    );
  }
  if (window.location.pathname === "/join" && session.data.member === null) return <JoinPage />;
  if (session.data.member === null) {
    return <SignedOutPage lab={session.data.lab.name} error={signIn.error} />;
  }
  return <RouterProvider router={router} />;
}

function Centre({ children }: { children: ReactNode }): ReactNode {
  return (
    <main className="grid h-full place-items-center p-6">
      <div className="w-96 max-w-full">{children}</div>
    </main>
  );
}
