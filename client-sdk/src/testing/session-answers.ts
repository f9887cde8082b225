import { data, fault, userError, type Answer, type Call } from './start-server.js';

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

/**
 * A server with one account. Access tokens are `access-1`, `access-2` and so on; the newest is good until it is spent,
 * all others are refused for the reason in `state.refusal`.
 */
export function sessionAnswers({ expiresAt = inAnHour } = {}) {
  const state = { newest: 0, isSpent: false, isOver: false, refusal: 'TOKEN_EXPIRED', takesCode: false };
  const issue = () => {
    state.newest += 1;
    state.isSpent = false;
    const [accessToken, refreshToken] = [`access-${state.newest}`, `refresh-${state.newest}`];
    return { accessToken, accessTokenExpiresAt: expiresAt(), refreshToken };
  };
  const refusal = () => fault('UNAUTHENTICATED', { status: 401, reason: state.refusal });
  const isRefused = (accessToken: string | undefined) =>
    accessToken !== undefined && (state.isSpent || state.isOver || accessToken !== `access-${state.newest}`);

  const whole = () => {
    const user = { id: 'usr_1', displayName: 'Ana', headline: null };
    return { tokens: issue(), user, challenge: null, userErrors: [] };
  };
  const half = () => {
    const challenge = { token: 'challenge-1', expiresAt: expiresAt(), isCodeMailed: false };
    return { tokens: null, user: null, challenge, userErrors: [userError('MFA_REQUIRED')] };
  };
  const enter = ({ variables }: Call) => {
    const { deviceToken } = variables['input'] as { deviceToken?: string };
    return state.takesCode && deviceToken !== 'device-1' ? half() : whole();
  };

  const answers: Record<string, Answer> = {
    Login: (call) => data({ login: enter(call) }),
    LoginWithEmailCode: (call) => data({ loginWithEmailCode: enter(call) }),
    CompleteSignIn: ({ variables }) => {
      const { challenge, code, trustDevice } = variables['input'] as Record<string, unknown>;
      const isRight = challenge === 'challenge-1' && code === '123456';
      const wrong = { tokens: null, user: null, deviceToken: null, userErrors: [userError('INVALID_INPUT')] };
      const deviceToken = trustDevice ? 'device-1' : null;
      return data({ completeSignIn: isRight ? { ...whole(), deviceToken } : wrong });
    },
    RequestPasswordReset: () => data({ requestPasswordReset: { isAccepted: true, userErrors: [] } }),
    RequestEmailCode: () => data({ requestEmailCode: { isAccepted: true, userErrors: [] } }),
    ResetPassword: () => data({ resetPassword: { isReset: true, userErrors: [] } }),
    RefreshSession: ({ variables, accessToken }) => {
      if (isRefused(accessToken)) return refusal(); // As the router does, for every operation.
      const { refreshToken } = variables['input'] as { refreshToken: string };
      const isGood = !state.isOver && refreshToken === `refresh-${state.newest}`;
      const ended = { tokens: null, userErrors: [userError('SESSION_ENDED')] };
      return data({ refreshSession: isGood ? { tokens: issue(), userErrors: [] } : ended });
    },
    Logout: ({ accessToken }) => {
      if (isRefused(accessToken)) return refusal();
      state.isOver = true;
      return data({ logout: { isSignedOut: true, userErrors: [] } });
    },
    UnreadNotificationCount: ({ accessToken }) =>
      isRefused(accessToken) ? refusal() : data({ unreadNotificationCount: 7 }),
    LikePost: ({ accessToken }) => {
      const post = { id: 'pst_1', reactionCount: 1, viewerHasLiked: true };
      return isRefused(accessToken) ? refusal() : data({ likePost: { post, userErrors: [] } });
    },
  };
  return { state, answers };
}
