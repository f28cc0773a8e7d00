-- The owner of the tables wraps the keys anew under another master key (`acta keys rewrap`). It sees keys that stand, and may change
-- how they are wrapped, only while it says that it is doing so; whoever may erase goes on erasing.
CREATE POLICY standing_keys_are_seen_to_rewrap ON person_keys FOR SELECT TO CURRENT_USER
    USING (wrapped IS NOT NULL AND current_setting('app.rewrapping', true) = 'on');
CREATE POLICY standing_keys_are_rewrapped ON person_keys FOR UPDATE TO CURRENT_USER
    USING (wrapped IS NOT NULL AND current_setting('app.rewrapping', true) = 'on')
    WITH CHECK (wrapped IS NOT NULL);
