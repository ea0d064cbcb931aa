-- Text messages and what they are sent through. Words, times and SIDs as in the first step; money in millionths.

ALTER TABLE numbers ADD COLUMN voice_application TEXT;
ALTER TABLE numbers ADD COLUMN sms_application TEXT;
