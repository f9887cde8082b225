-- Chinese and Japanese are searched by the character, as catalog/rules.ts folds them.
UPDATE "events" SET "search_text" = regexp_replace(regexp_replace("search_text",
  '[\u3005-\u3006\u3031-\u3035\u303c\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]',
  ' \& ', 'g'), ' {2,}', ' ', 'g')
WHERE "search_text" ~
  '[\u3005-\u3006\u3031-\u3035\u303c\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]';
