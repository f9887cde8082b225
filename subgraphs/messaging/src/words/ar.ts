import type { Words } from './words.js';

export const ar: Words = {
  direction: 'rtl',
  somebody: 'شخص ما',
  anEvent: 'فعالية',
  sentences: {
    POST_COMMENTED: ({ actor }) => `علّق ${actor} على منشورك`,
    POST_REACTED: ({ actor }) => `أعجب منشورك ${actor}`,
    OFFICE_APPOINTED: ({ actor }) => `عيّنك ${actor} في منصب`,
    OFFICE_ENDED: () => 'انتهى منصبك',
    OFFICE_NEEDS_CONFIRMATION: () => 'أحد القناصل ينتظر تأكيدك',
    OFFICE_APPLIED: ({ actor }) => `تقدّم ${actor} بطلب لشغل منصب`,
    OFFICE_APPLICATION_DECIDED: () => 'بُتّ في طلبك لشغل منصب',
    FRIEND_REQUESTED: ({ actor }) => `يريد ${actor} أن يصبح صديقك`,
    FRIEND_ACCEPTED: ({ actor }) => `أصبح ${actor} صديقك`,
    FOLLOWED: ({ actor }) => `يتابعك ${actor}`,
    REGISTRATION_CONFIRMED: ({ event }) => `لديك مكان: ${event}`,
    REGISTRATION_REQUESTED: ({ actor, event }) => `يطلب ${actor} مكانًا: ${event}`,
    REGISTRATION_DECLINED: ({ event }) => `رُفض تسجيلك: ${event}`,
    WAITLIST_OFFERED: ({ event }) => `حُجز لك مكان: ${event}`,
    EVENT_INVITED: ({ actor, event }) => `يدعوك ${actor}: ${event}`,
    EVENT_REMINDER: ({ event }) => `قريبًا: ${event}`,
    SUBSCRIPTION_ACTIVATED: () => 'اشتراكك مفعّل',
    SUBSCRIPTION_PAST_DUE: () => 'تعذّر تجديد اشتراكك، وسنحاول من جديد',
    SUBSCRIPTION_UNPAID: () => 'انتهى اشتراكك لعدم الدفع',
    ACCOUNT_LOOKED_AT: () => 'فريقنا يطّلع على المنصة كما تراها أنت',
    FACTOR_RESET_OPENED: () => 'ستُزال الخطوة الثانية من تسجيل دخولك: ارفض ذلك إن لم تكن أنت',
    OFFICE_EXTENDED: () => 'تغيّرت مدة منصبك',
    OFFICE_CONFIRMED: () => 'تأكّد منصبك',
    OFFICE_REVIEWED: ({ actor }) => `كتب ${actor} رأيًا في أدائك لمنصبك`,
    MANDATE_AT_RISK: () => 'تنتهي مدة منصبك قريبًا ولا تزال تنقصها فعاليات',
    CONSUL_MANDATE_AT_RISK: ({ actor }) => `تنتهي مدة منصب ${actor} قريبًا ولا تزال تنقصها فعاليات`,
    SUPER_USER_PROPOSED: ({ actor }) => `يقترح ${actor} تغييرًا بين المشرفين العامين`,
    SUPER_USER_CHANGED: () => 'تغيّرت صلاحياتك كمشرف عام',
    EVENT_OWNER_CHANGED: () => 'تغيّر حقك في بيع التذاكر',
    SESSION_COPIED: () => 'أنهينا جلسة أحد أجهزتك لأن مفتاحها نُسخ',
    EVENT_CHANGED: ({ event }) => `موعد أو مكان جديد: ${event}`,
    EVENT_CANCELLED: ({ event }) => `أُلغيت: ${event}`,
    CO_HOST_INVITED: ({ actor, event }) => `يدعوك ${actor} إلى المشاركة في التنظيم: ${event}`,
    CALENDAR_DISCONNECTED: () => 'لم يعد تقويمك متزامنًا، فاربطه من جديد',
    TICKET_ISSUED: ({ event }) => `وصلت تذاكرك: ${event}`,
    TICKET_REFUNDED: ({ event }) => `أُعيدت تذاكرك: ${event}`,
    TICKET_OFFERED: ({ actor, event }) => `يعرض عليك ${actor} تذكرة: ${event}`,
    PAYMENT_FAILED: () => 'رُفضت دفعتك',
    PAYMENT_REFUNDED: () => 'أُعيد إليك مبلغ',
    INVOICE_ISSUED: () => 'لديك فاتورة جديدة',
    SCHEDULED_MESSAGE_FAILED: () => 'تعذّر إرسال إحدى رسائلك في موعدها',
    WEBHOOK_DISABLED: () => 'لم يعد رابط الويب (webhook) لأحد الشركاء يستقبل شيئًا، فتم إيقافه',
    MESSAGES_MISSED: ({ actor }) => `كتب إليك ${actor}`,
    MESSAGE_REQUESTED: ({ actor }) => `يود ${actor} أن يراسلك`,
    MEMBERSHIP_ANNIVERSARY: ({ years }) => `مضت على انضمامك إلينا ${yearsInWords(years)}`,
    MENTIONED: ({ actor }) => `ذكرك ${actor}`,
    GROUP_ADDED: ({ actor }) => `أضافك ${actor} إلى مجموعة`,
    GROUP_JOIN_REQUESTED: ({ actor }) => `يطلب ${actor} الانضمام إلى مجموعتك`,
    GROUP_JOIN_APPROVED: () => 'صرت في المجموعة التي طلبت الانضمام إليها',
    GROUP_JOIN_DECLINED: () => 'رُفض طلبك الانضمام إلى مجموعة',
    SERIES_PAUSED: () =>
      'توقفت إحدى سلاسل فعالياتك مؤقتًا لانتهاء المنصب أو الاشتراك الذي تحتاج إليه: تبقى فعالياتها القائمة، وتُستأنف مع المنصب أو الاشتراك التالي',
  },
  inGroup: (sentence, group) => `${sentence}: ${group}`,
  digest: (count) => `أخبار جديدة لك (${count})`,
  open: 'ألقِ نظرة',
  unsubscribe: 'لا أريد رسائل من هذا النوع',
  unsubscribeAll: 'لا أريد هذه الرسائل',
  page: {
    title: 'رسائلنا إليك',
    question: (all) =>
      all ? 'ألا نرسل إليك بعد الآن رسائل عن كل جديد؟' : 'ألا نرسل إليك بعد الآن رسائل من هذا النوع؟',
    button: 'أوقفوا الرسائل',
    done: (all) =>
      all ? 'لن نرسل إليك بعد الآن رسائل عن كل جديد.' : 'لن نرسل إليك بعد الآن رسائل من هذا النوع.',
    unknown: 'هذا الرابط ليس رابطنا أو هو غير كامل.',
  },
  chatCode: (code) => `رمزك لتلقي الإشعارات هنا هو ${code}. إن لم تطلبه فلا تفعل شيئًا.`,
};

/** One, two and a few have forms of their own. */
function yearsInWords(years: number): string {
  if (years === 1) return 'سنة';
  if (years === 2) return 'سنتان';
  return years <= 10 ? `${years} سنوات` : `${years} سنة`;
}
