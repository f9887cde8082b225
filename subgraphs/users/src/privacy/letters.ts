import { letterLanguage, type Letter, type LetterLanguage } from '../accounts/index.js';

/** What people are told about their data. `at` is written out in the language of the letter. */
export type PrivacyLetterKind =
  | 'dataExportReady'
  | 'erasureRequested'
  | 'erasureCancelled'
  | 'erasureNear'
  | 'erasureRefused'
  | 'erasureCompleted';

type Letters = Readonly<Record<PrivacyLetterKind, (facts: { at: string }) => Letter>>;

const en: Letters = {
  dataExportReady: ({ at }) => ({
    subject: 'Your data is ready',
    text: `The archive of your data is ready. Sign in to fetch it, until ${at}. If you did not ask for it, change your password.`,
  }),
  erasureRequested: ({ at }) => ({
    subject: 'Your account will be erased',
    text: `You asked for your account to be erased, with everything that is yours. This begins on ${at}. Until then you can sign in and take it back. If it was not you, take it back now and change your password.`,
  }),
  erasureCancelled: () => ({
    subject: 'Your account stays',
    text: 'You took back the request to erase your account. Nothing was erased.',
  }),
  erasureNear: ({ at }) => ({
    subject: 'Your account is about to be erased',
    text: `Your account and everything that is yours will be erased on ${at}. Until then you can sign in and take it back, or ask for an archive of your data.`,
  }),
  erasureRefused: () => ({
    subject: 'Your account could not be erased yet',
    text: 'You are the last super user, or the last owner of an organization. Make somebody else one, or close the organization; we try again each day.',
  }),
  erasureCompleted: () => ({
    subject: 'Your account was erased',
    text: 'Your account and everything that was yours was erased. What the law has us keep no longer names you. This is the last mail you get from us.',
  }),
};

const ro: Letters = {
  dataExportReady: ({ at }) => ({
    subject: 'Datele tale sunt gata',
    text: `Arhiva cu datele tale este gata. Conectează-te ca să o descarci, până la ${at}. Dacă nu ai cerut-o tu, schimbă-ți parola.`,
  }),
  erasureRequested: ({ at }) => ({
    subject: 'Contul tău va fi șters',
    text: `Ai cerut ștergerea contului tău, cu tot ce îți aparține. Ștergerea începe la ${at}. Până atunci te poți conecta și poți renunța. Dacă nu ai cerut-o tu, anuleaz-o acum și schimbă-ți parola.`,
  }),
  erasureCancelled: () => ({
    subject: 'Contul tău rămâne',
    text: 'Ai anulat cererea de ștergere a contului. Nu s-a șters nimic.',
  }),
  erasureNear: ({ at }) => ({
    subject: 'Contul tău urmează să fie șters',
    text: `Contul tău și tot ce îți aparține vor fi șterse la ${at}. Până atunci te poți conecta ca să renunți sau ca să ceri o arhivă a datelor tale.`,
  }),
  erasureRefused: () => ({
    subject: 'Contul tău nu a putut fi șters încă',
    text: 'Ești ultimul super-utilizator sau ultimul proprietar al unei organizații. Numește pe altcineva sau închide organizația; încercăm din nou în fiecare zi.',
  }),
  erasureCompleted: () => ({
    subject: 'Contul tău a fost șters',
    text: 'Contul tău și tot ce îți aparținea au fost șterse. Ceea ce legea ne obligă să păstrăm nu te mai numește. Acesta este ultimul nostru mesaj către tine.',
  }),
};

const fr: Letters = {
  dataExportReady: ({ at }) => ({
    subject: 'Vos données sont prêtes',
    text: `L’archive de vos données est prête. Connectez-vous pour la télécharger, jusqu’au ${at}. Si vous ne l’avez pas demandée, changez votre mot de passe.`,
  }),
  erasureRequested: ({ at }) => ({
    subject: 'Votre compte sera effacé',
    text: `Vous avez demandé l’effacement de votre compte et de tout ce qui vous appartient. Il commence le ${at}. Jusque-là, vous pouvez vous connecter et y renoncer. Si ce n’était pas vous, annulez-le maintenant et changez votre mot de passe.`,
  }),
  erasureCancelled: () => ({
    subject: 'Votre compte reste',
    text: 'Vous avez annulé la demande d’effacement de votre compte. Rien n’a été effacé.',
  }),
  erasureNear: ({ at }) => ({
    subject: 'Votre compte va être effacé',
    text: `Votre compte et tout ce qui vous appartient seront effacés le ${at}. Jusque-là, vous pouvez vous connecter pour y renoncer ou demander une archive de vos données.`,
  }),
  erasureRefused: () => ({
    subject: 'Votre compte n’a pas encore pu être effacé',
    text: 'Vous êtes le dernier super-utilisateur ou le dernier propriétaire d’une organisation. Désignez quelqu’un d’autre ou fermez l’organisation ; nous réessayons chaque jour.',
  }),
  erasureCompleted: () => ({
    subject: 'Votre compte a été effacé',
    text: 'Votre compte et tout ce qui vous appartenait ont été effacés. Ce que la loi nous oblige à garder ne vous nomme plus. Ceci est notre dernier courrier.',
  }),
};

const ar: Letters = {
  dataExportReady: ({ at }) => ({
    subject: 'بياناتك جاهزة',
    text: `أرشيف بياناتك جاهز. سجّل الدخول لتنزيله حتى ${at}. إن لم تطلبه أنت فغيّر كلمة السر.`,
  }),
  erasureRequested: ({ at }) => ({
    subject: 'سيُمحى حسابك',
    text: `طلبتَ محو حسابك وكل ما يخصك. يبدأ المحو في ${at}. حتى ذلك الحين يمكنك تسجيل الدخول والتراجع. إن لم تكن أنت من طلب فألغِ الطلب الآن وغيّر كلمة السر.`,
  }),
  erasureCancelled: () => ({ subject: 'حسابك باقٍ', text: 'ألغيتَ طلب محو حسابك. لم يُمحَ شيء.' }),
  erasureNear: ({ at }) => ({
    subject: 'حسابك على وشك المحو',
    text: `سيُمحى حسابك وكل ما يخصك في ${at}. حتى ذلك الحين يمكنك تسجيل الدخول للتراجع أو لطلب أرشيف بياناتك.`,
  }),
  erasureRefused: () => ({
    subject: 'تعذّر محو حسابك حتى الآن',
    text: 'أنت آخر مستخدم أعلى أو آخر مالك لمنظمة. عيّن غيرك أو أغلق المنظمة؛ سنحاول من جديد كل يوم.',
  }),
  erasureCompleted: () => ({
    subject: 'مُحي حسابك',
    text: 'مُحي حسابك وكل ما كان يخصك. وما يُلزمنا القانون بحفظه لم يعد يذكر اسمك. هذه آخر رسالة منا إليك.',
  }),
};

const catalogue: Readonly<Record<LetterLanguage, Letters>> = { en, fr, ro, ar };

export const writePrivacyLetter = (
  kind: PrivacyLetterKind,
  facts: { at: string },
  languages: readonly string[],
): Letter => catalogue[letterLanguage(languages)][kind](facts);
