/* Generated from the server by `npm run generate`. Do not edit. */
/* eslint-disable */

export interface paths {
    "/api/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Accounts, newest first
         * @description Operators may call it.
         */
        get: operations["get_accounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/accounts/{account_id}/ban": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign somebody out everywhere and keep them out
         * @description Operators may call it.
         */
        post: operations["post_accounts_account_id_ban"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/accounts/{account_id}/role": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Give somebody another role
         * @description Operators may call it.
         */
        patch: operations["patch_accounts_account_id_role"];
        trace?: never;
    };
    "/api/accounts/{account_id}/unban": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let somebody sign in again
         * @description Operators may call it.
         */
        post: operations["post_accounts_account_id_unban"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/addresses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The caller's addresses, the default first
         * @description Whoever is signed in may call it.
         */
        get: operations["get_addresses"];
        put?: never;
        /**
         * Keep an address
         * @description Whoever is signed in may call it.
         */
        post: operations["post_addresses"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/addresses/{address_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change an address
         * @description Whoever is signed in may call it.
         */
        put: operations["put_addresses_address_id"];
        post?: never;
        /**
         * Forget an address
         * @description Whoever is signed in may call it.
         */
        delete: operations["delete_addresses_address_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a sign-in code to a phone
         * @description Anyone may call it.
         */
        post: operations["post_auth_codes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in with the code; also sets a cookie
         * @description Anyone may call it.
         */
        post: operations["post_auth_sessions"];
        /**
         * Sign out; with everywhere=true on all devices
         * @description Whoever is signed in may call it.
         */
        delete: operations["delete_auth_sessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A single-use ticket that opens a WebSocket
         * @description Whoever is signed in may call it.
         */
        post: operations["post_auth_tickets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/claims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Claims to be decided, the longest waiting first
         * @description Operators may call it.
         */
        get: operations["get_claims"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/claims/{claim_id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give so much of the order's money back
         * @description Operators may call it.
         */
        post: operations["post_claims_claim_id_approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/claims/{claim_id}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give nothing back, for a reason
         * @description Operators may call it.
         */
        post: operations["post_claims_claim_id_reject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/counties": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Counties that sell here, by code
         * @description Anyone may call it.
         */
        get: operations["get_counties"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/coupon-drops/{drop_id}/coupons": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Claim a coupon, once
         * @description Whoever is signed in may call it.
         */
        post: operations["post_coupon_drops_drop_id_coupons"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/coupon-drops/{drop_id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let nobody claim coupons of a drop any more
         * @description Hosts and operators may call it.
         */
        post: operations["post_coupon_drops_drop_id_end"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/coupons": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One's own coupons, the latest first
         * @description Whoever is signed in may call it.
         */
        get: operations["get_coupons"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Events with their offers, by hour, the latest first
         * @description Anyone may call it.
         */
        get: operations["get_events"];
        put?: never;
        /**
         * Schedule an event; the caller is its host
         * @description Hosts and operators may call it.
         */
        post: operations["post_events"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An event with its offers
         * @description Anyone may call it.
         */
        get: operations["get_events_event_id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Edit an event that is not over
         * @description Hosts and operators may call it.
         */
        patch: operations["patch_events_event_id"];
        trace?: never;
    };
    "/api/events/{event_id}/calendar.ics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An event for one's own calendar (RFC 5545)
         * @description Anyone may call it.
         */
        get: operations["get_events_event_id_calendar_ics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Call off a scheduled event
         * @description Hosts and operators may call it.
         */
        post: operations["post_events_event_id_cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/chat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What one may do in an event's chat oneself
         * @description Whoever is signed in may call it.
         */
        get: operations["get_events_event_id_chat"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Set how often one viewer may speak
         * @description Whoever is signed in may call it.
         */
        patch: operations["patch_events_event_id_chat"];
        trace?: never;
    };
    "/api/events/{event_id}/chat/actions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The trail of what moderators did, the latest first
         * @description Whoever is signed in may call it.
         */
        get: operations["get_events_event_id_chat_actions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/chat/assistants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who helps to moderate, in the order they were named
         * @description Whoever is signed in may call it.
         */
        get: operations["get_events_event_id_chat_assistants"];
        put?: never;
        /**
         * Let somebody moderate this chat
         * @description Whoever is signed in may call it.
         */
        post: operations["post_events_event_id_chat_assistants"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/chat/assistants/{account_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Let somebody moderate this chat no more
         * @description Whoever is signed in may call it.
         */
        delete: operations["delete_events_event_id_chat_assistants_account_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/chat/messages/{message_id}/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a message off every screen and out of the record
         * @description Whoever is signed in may call it.
         */
        post: operations["post_events_event_id_chat_messages_message_id_delete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/chat/silences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is muted or banned now, the latest first
         * @description Whoever is signed in may call it.
         */
        get: operations["get_events_event_id_chat_silences"];
        put?: never;
        /**
         * Mute somebody, or ban them from this chat
         * @description Whoever is signed in may call it.
         */
        post: operations["post_events_event_id_chat_silences"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/chat/silences/{account_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Let somebody speak again
         * @description Whoever is signed in may call it.
         */
        delete: operations["delete_events_event_id_chat_silences_account_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/coupon-drops": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An event's coupon drops, newest first
         * @description Anyone may call it.
         */
        get: operations["get_events_event_id_coupon_drops"];
        put?: never;
        /**
         * Drop coupons in a live event
         * @description Hosts and operators may call it.
         */
        post: operations["post_events_event_id_coupon_drops"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a live event
         * @description Hosts and operators may call it.
         */
        post: operations["post_events_event_id_end"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/giveaways": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An event's giveaways, newest first
         * @description Anyone may call it.
         */
        get: operations["get_events_event_id_giveaways"];
        put?: never;
        /**
         * Open a giveaway in a live event
         * @description Hosts and operators may call it.
         */
        post: operations["post_events_event_id_giveaways"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/offers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add an offer to an event, as a draft
         * @description Hosts and operators may call it.
         */
        post: operations["post_events_event_id_offers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An event's orders, newest first, masked for hosts
         * @description Hosts and operators may call it.
         */
        get: operations["get_events_event_id_orders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/orders.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An event's orders as CSV, masked for hosts
         * @description Hosts and operators may call it.
         */
        get: operations["get_events_event_id_orders_csv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a place in an event's queue, or find one's own
         * @description Whoever is signed in may call it.
         */
        post: operations["post_events_event_id_queue"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/reminder": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Be reminded of an event's start
         * @description Whoever is signed in may call it.
         */
        put: operations["put_events_event_id_reminder"];
        post?: never;
        /**
         * Be reminded no longer
         * @description Whoever is signed in may call it.
         */
        delete: operations["delete_events_event_id_reminder"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/room": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Join the event's room: a WebSocket, see docs/protocol.md
         * @description Anyone may call it.
         */
        get: operations["get_events_event_id_room"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/sales": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How an event sells: totals, offers, minutes, funnel, provinces
         * @description Hosts and operators may call it.
         */
        get: operations["get_events_event_id_sales"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Go live
         * @description Hosts and operators may call it.
         */
        post: operations["post_events_event_id_start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/follows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Hosts whom one follows, the latest first
         * @description Whoever is signed in may call it.
         */
        get: operations["get_follows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/giveaways/{giveaway_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A giveaway, with all that its draw is checked by
         * @description Anyone may call it.
         */
        get: operations["get_giveaways_giveaway_id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/giveaways/{giveaway_id}/address": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Say where one's own prize goes
         * @description Whoever is signed in may call it.
         */
        put: operations["put_giveaways_giveaway_id_address"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/giveaways/{giveaway_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Call off a giveaway that may still be entered
         * @description Hosts and operators may call it.
         */
        post: operations["post_giveaways_giveaway_id_cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/giveaways/{giveaway_id}/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All entries of a frozen giveaway, one a line
         * @description Anyone may call it.
         */
        get: operations["get_giveaways_giveaway_id_entries"];
        put?: never;
        /**
         * Enter a giveaway, once
         * @description Whoever is signed in may call it.
         */
        post: operations["post_giveaways_giveaway_id_entries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/giveaways/{giveaway_id}/entry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One's own entry, and whether it has won
         * @description Whoever is signed in may call it.
         */
        get: operations["get_giveaways_giveaway_id_entry"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/giveaways/{giveaway_id}/winners": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who gets a prize and where, masked for hosts
         * @description Hosts and operators may call it.
         */
        get: operations["get_giveaways_giveaway_id_winners"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/giveaways/{giveaway_id}/winners/{place}/ship": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A carrier has the prize of this place
         * @description Hosts and operators may call it.
         */
        post: operations["post_giveaways_giveaway_id_winners_place_ship"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/giveaways/won": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Prizes that one has won, the latest first
         * @description Whoever is signed in may call it.
         */
        get: operations["get_giveaways_won"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hosts/{host_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A host, and how many follow them
         * @description Anyone may call it.
         */
        get: operations["get_hosts_host_id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hosts/{host_id}/follow": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Follow a host
         * @description Whoever is signed in may call it.
         */
        put: operations["put_hosts_host_id_follow"];
        post?: never;
        /**
         * Follow a host no longer
         * @description Whoever is signed in may call it.
         */
        delete: operations["delete_hosts_host_id_follow"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/lots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lots, newest first
         * @description Anyone may call it.
         */
        get: operations["get_lots"];
        put?: never;
        /**
         * Add a lot
         * @description Hosts and operators may call it.
         */
        post: operations["post_lots"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The caller's account
         * @description Whoever is signed in may call it.
         */
        get: operations["get_me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the caller's name
         * @description Whoever is signed in may call it.
         */
        patch: operations["patch_me"];
        trace?: never;
    };
    "/api/offers/{offer_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change an offer, or restock it
         * @description Hosts and operators may call it.
         */
        patch: operations["patch_offers_offer_id"];
        trace?: never;
    };
    "/api/offers/{offer_id}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take an offer off sale
         * @description Hosts and operators may call it.
         */
        post: operations["post_offers_offer_id_close"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/offers/{offer_id}/open": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put an offer on sale
         * @description Hosts and operators may call it.
         */
        post: operations["post_offers_offer_id_open"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/offers/{offer_id}/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Order units of an offer
         * @description Whoever is signed in may call it.
         */
        post: operations["post_offers_offer_id_orders"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/offers/{offer_id}/pin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hold an offer up in the room
         * @description Hosts and operators may call it.
         */
        post: operations["post_offers_offer_id_pin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/offers/{offer_id}/unpin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hold an offer up no longer
         * @description Hosts and operators may call it.
         */
        post: operations["post_offers_offer_id_unpin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One's own orders, newest first
         * @description Whoever is signed in may call it.
         */
        get: operations["get_orders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{order_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An order, masked for the event's host
         * @description Whoever is signed in may call it.
         */
        get: operations["get_orders_order_id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{order_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel one's own order before it is paid
         * @description Whoever is signed in may call it.
         */
        post: operations["post_orders_order_id_cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{order_id}/claims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Claim bad fruit of one's own delivered order
         * @description Whoever is signed in may call it.
         */
        post: operations["post_orders_order_id_claims"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{order_id}/deliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The buyer has the parcel
         * @description Hosts and operators may call it.
         */
        post: operations["post_orders_order_id_deliver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{order_id}/pack": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A paid order is packed
         * @description Hosts and operators may call it.
         */
        post: operations["post_orders_order_id_pack"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{order_id}/payment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start paying one's own order
         * @description Whoever is signed in may call it.
         */
        post: operations["post_orders_order_id_payment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{order_id}/refund": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refund a paid order in full
         * @description Operators may call it.
         */
        post: operations["post_orders_order_id_refund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{order_id}/ship": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A carrier has the parcel
         * @description Hosts and operators may call it.
         */
        post: operations["post_orders_order_id_ship"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/payments/{provider}/notify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A provider tells what has happened to payments; safe to repeat
         * @description The sender proves itself by signing the message.
         */
        post: operations["post_payments_provider_notify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/payments/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ways to pay here
         * @description Anyone may call it.
         */
        get: operations["get_payments_providers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/producers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Producers, newest first
         * @description Anyone may call it.
         */
        get: operations["get_producers"];
        put?: never;
        /**
         * Add a producer
         * @description Hosts and operators may call it.
         */
        post: operations["post_producers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Products, newest first
         * @description Anyone may call it.
         */
        get: operations["get_products"];
        put?: never;
        /**
         * Add a product
         * @description Hosts and operators may call it.
         */
        post: operations["post_products"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/provinces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All provinces
         * @description Anyone may call it.
         */
        get: operations["get_provinces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/reminders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What one is reminded of, the latest asked for first
         * @description Whoever is signed in may call it.
         */
        get: operations["get_reminders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The process runs
         * @description Anyone may call it.
         */
        get: operations["get_healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Measurements of this process, for Prometheus
         * @description Only from this machine, unless set otherwise.
         */
        get: operations["get_metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This description
         * @description Anyone may call it.
         */
        get: operations["get_openapi_json"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The process can do its work
         * @description Anyone may call it.
         */
        get: operations["get_readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** Account */
        Account: {
            id: string;
            name: string;
            role: components["schemas"]["Role"];
        };
        /**
         * AccountDetail
         * @description An account as operators see it.
         */
        AccountDetail: {
            created_at: string;
            id: string;
            is_banned: boolean;
            name: string;
            phone: string;
            role: components["schemas"]["Role"];
        };
        /** Address */
        Address: {
            address: string;
            id: string;
            is_default: boolean;
            name: string;
            phone: string;
            province_code: string;
        };
        /** AddressUpdate */
        AddressUpdate: {
            address: string;
            /** @default false */
            is_default?: boolean;
            name: string;
            /** @description E.164, or a mainland number */
            phone: string;
            /** @description GB/T 2260, such as 440000 */
            province_code: string;
        };
        /** Alive */
        Alive: {
            alive: boolean;
        };
        /** Assistant */
        Assistant: {
            account_id: string;
            name: string;
            named_at: string;
        };
        /**
         * AssistantCreate
         * @description By ``phone`` or ``account_id``: somebody who has signed in once.
         */
        AssistantCreate: {
            /** @default null */
            account_id?: string | null;
            /** @default null */
            phone?: string | null;
        };
        /**
         * ChatAction
         * @description One entry of the trail: who did what, to whom, when and why.
         *
         *         ``text`` and ``message_id``: of the message that it was about.
         */
        ChatAction: {
            action: components["schemas"]["ChatActionKind"];
            at: string;
            by_id: string;
            by_name: string;
            id: string;
            interval_seconds: number | null;
            message_id: string | null;
            reason: string;
            text: string | null;
            until: string | null;
            whom_id: string | null;
            whom_name: string | null;
        };
        /**
         * ChatActionKind
         * @enum {unknown}
         */
        ChatActionKind: "ban" | "delete" | "mute" | "name_assistant" | "remove_assistant" | "slow_mode" | "unmute";
        /**
         * ChatStanding
         * @description What one may do in an event's chat oneself.
         *
         *         Args:
         *             part: whoever is more than a ``speaker`` may moderate.
         *             interval_seconds: between two messages of one viewer.
         *             is_slow: somebody has set another interval than the setting's.
         *             silence: null where one may speak.
         */
        ChatStanding: {
            interval_seconds: number;
            is_slow: boolean;
            part: components["schemas"]["Part"];
            silence: components["schemas"]["Silencing"] | null;
        };
        /**
         * ChatUpdate
         * @description ``interval_seconds``: null for the setting's.
         */
        ChatUpdate: {
            interval_seconds: number | null;
            /** @default  */
            reason?: string;
        };
        /**
         * Claim
         * @description A buyer's claim of bad fruit. Here since orders show theirs; ``live/claims`` has the rest.
         */
        Claim: {
            approved_fen: number | null;
            asked_fen: number;
            decided_at: string | null;
            filed_at: string;
            id: string;
            note: string;
            order_id: string;
            reason: string;
            share_percent: number | null;
            status: components["schemas"]["ClaimStatus"];
            units: number | null;
        };
        /** ClaimApproval */
        ClaimApproval: {
            amount_fen: number;
        };
        /**
         * ClaimCase
         * @description A claim with what an operator needs to decide it.
         */
        ClaimCase: {
            approved_fen: number | null;
            asked_fen: number;
            buyer_name: string;
            decided_at: string | null;
            delivered_at: string | null;
            event_id: string;
            event_title: string;
            filed_at: string;
            id: string;
            left_fen: number;
            note: string;
            offer_title: string;
            order_amount_fen: number;
            order_id: string;
            order_units: number;
            reason: string;
            share_percent: number | null;
            status: components["schemas"]["ClaimStatus"];
            units: number | null;
        };
        /**
         * ClaimCreate
         * @description Either ``units``, boxes that are bad, or ``share_percent`` of all the fruit.
         */
        ClaimCreate: {
            /** @default  */
            note?: string;
            /** @default null */
            share_percent?: number | null;
            /** @default null */
            units?: number | null;
        };
        /** ClaimRejection */
        ClaimRejection: {
            reason: string;
        };
        /**
         * ClaimStatus
         * @enum {unknown}
         */
        ClaimStatus: "approved" | "open" | "rejected";
        /** CodeRequest */
        CodeRequest: {
            /**
             * @description the widget's token, after captcha_required
             * @default
             */
            captcha?: string;
            /** @description E.164, or a mainland number */
            phone: string;
        };
        /** CodeSent */
        CodeSent: {
            good_seconds: number;
        };
        /** County */
        County: {
            code: string;
            name: string;
            name_en: string;
            province_code: string;
            province_name: string;
        };
        /**
         * Coupon
         * @description One's own coupon.
         *
         *         Args:
         *             order_id: the order that uses it; one that expires, is cancelled or refunded does so no
         *                 more.
         */
        Coupon: {
            claimed_at: string;
            drop_id: string;
            event_id: string;
            event_title: string;
            id: string;
            min_spend_fen: number;
            off_fen: number;
            order_id: string | null;
            status: components["schemas"]["CouponStatus"];
            title: string;
            use_until: string;
        };
        /**
         * CouponDrop
         * @description A drop as anybody sees it.
         *
         *         Args:
         *             status: ``gone`` where all are claimed, whatever else has happened to it.
         */
        CouponDrop: {
            claim_until: string;
            claimed: number;
            event_id: string;
            id: string;
            min_spend_fen: number;
            off_fen: number;
            opened_at: string;
            quantity: number;
            status: components["schemas"]["DropStatus"];
            title: string;
            use_until: string;
        };
        /**
         * CouponDropCreate
         * @description ``off_fen`` off one order whose goods come to ``min_spend_fen`` or more.
         *
         *         Args:
         *             claim_seconds: for how long they may be claimed.
         *             use_seconds: for how long they may be used, from the opening too.
         */
        CouponDropCreate: {
            claim_seconds: number;
            min_spend_fen: number;
            off_fen: number;
            quantity: number;
            title: string;
            use_seconds: number;
        };
        /**
         * CouponStatus
         * @enum {unknown}
         */
        CouponStatus: "expired" | "usable" | "used";
        /**
         * DropStatus
         * @enum {unknown}
         */
        DropStatus: "ended" | "gone" | "open";
        /**
         * Event
         * @description An event as anyone sees it; times are RFC 3339 UTC.
         *
         *         ``waiting_room``: whoever orders needs a place in its queue, and their turn.
         */
        Event: {
            county: components["schemas"]["County"];
            description: string;
            ended_at: string | null;
            host_id: string;
            host_name: string;
            id: string;
            pinned_offer_id: string | null;
            place: string;
            started_at: string | null;
            starts_at: string;
            status: components["schemas"]["EventStatus"];
            title: string;
            waiting_room: boolean;
        };
        /** EventCreate */
        EventCreate: {
            /** @description GB/T 2260, such as 440825 */
            county_code: string;
            /** @default  */
            description?: string;
            /** @default  */
            place?: string;
            /** Format: date-time */
            starts_at: string;
            title: string;
            /** @default false */
            waiting_room?: boolean;
        };
        /** EventSales */
        EventSales: {
            at: string;
            event_id: string;
            funnel: components["schemas"]["Funnel"];
            minutes: components["schemas"]["MinuteSales"][];
            offers: components["schemas"]["OfferSales"][];
            provinces: components["schemas"]["ProvinceSales"][];
            totals: components["schemas"]["SalesTotals"];
        };
        /**
         * EventStatus
         * @enum {unknown}
         */
        EventStatus: "cancelled" | "ended" | "live" | "scheduled";
        /**
         * EventUpdate
         * @description Only the fields present change.
         */
        EventUpdate: {
            description?: string;
            place?: string;
            /** Format: date-time */
            starts_at?: string;
            title?: string;
            waiting_room?: boolean;
        };
        /** EventWithOffers */
        EventWithOffers: {
            county: components["schemas"]["County"];
            description: string;
            ended_at: string | null;
            host_id: string;
            host_name: string;
            id: string;
            offers: components["schemas"]["Offer"][];
            pinned_offer_id: string | null;
            place: string;
            started_at: string | null;
            starts_at: string;
            status: components["schemas"]["EventStatus"];
            title: string;
            waiting_room: boolean;
        };
        /**
         * FollowedHost
         * @description A host whom the caller follows.
         *
         *         Args:
         *             event: the one that is live, or else the next; None where none is planned.
         */
        FollowedHost: {
            event: components["schemas"]["HostEvent"] | null;
            followed_at: string;
            followers: number;
            id: string;
            is_followed: boolean;
            name: string;
        };
        /** Funnel */
        Funnel: {
            buyers: number;
            orders: number;
            paid_orders: number;
            unique_viewers: number;
            views: number;
        };
        /**
         * Giveaway
         * @description A giveaway as anybody sees it, with all that its draw can be checked by.
         *
         *         Args:
         *             winners_count: prizes; there are fewer winners where fewer people entered.
         *             commitment: SHA-256 of the seed.
         *             entries_digest: SHA-256 of the list of entries; None while it may be entered.
         *             seed: None before the draw.
         *             reason: why it was cancelled.
         */
        Giveaway: {
            closes_at: string;
            /** @description SHA-256, 64 hexadecimal digits */
            commitment: string;
            drawn_at: string | null;
            entries: number;
            entries_digest: string | null;
            event_id: string;
            id: string;
            opened_at: string;
            prize: string;
            reason: string;
            seed: string | null;
            status: components["schemas"]["GiveawayStatus"];
            title: string;
            winners: components["schemas"]["GiveawayWinner"][];
            winners_count: number;
        };
        /** GiveawayCancel */
        GiveawayCancel: {
            reason: string;
        };
        /**
         * GiveawayCreate
         * @description ``seconds``: for how long it may be entered.
         */
        GiveawayCreate: {
            prize: string;
            seconds: number;
            title: string;
            winners_count: number;
        };
        /**
         * GiveawayEntry
         * @description One's own entry; ``place`` from 1 where it has won.
         */
        GiveawayEntry: {
            entered_at: string;
            giveaway_id: string;
            id: string;
            /** @default null */
            place?: number | null;
        };
        /**
         * GiveawayStatus
         * @enum {unknown}
         */
        GiveawayStatus: "cancelled" | "closed" | "drawn" | "frozen" | "open";
        /**
         * GiveawayWinner
         * @description A winner as anybody sees them. ``place`` from 1; the name is masked.
         */
        GiveawayWinner: {
            entry_id: string;
            name: string;
            place: number;
        };
        /**
         * Host
         * @description A host as anyone sees them.
         *
         *         Args:
         *             is_followed: by the caller; False for nobody.
         */
        Host: {
            followers: number;
            id: string;
            is_followed: boolean;
            name: string;
        };
        /** HostEvent */
        HostEvent: {
            id: string;
            starts_at: string;
            status: components["schemas"]["EventStatus"];
            title: string;
        };
        /** Lot */
        Lot: {
            grams: number;
            /** Format: date */
            harvested_on: string;
            id: string;
            producer_id: string;
            product_id: string;
        };
        /** LotCreate */
        LotCreate: {
            grams: number;
            /** Format: date */
            harvested_on: string;
            producer_id: string;
            product_id: string;
        };
        /** MessageDelete */
        MessageDelete: {
            /** @default  */
            reason?: string;
        };
        /** MinuteSales */
        MinuteSales: {
            amount_fen: number;
            at: string;
            orders: number;
            paid_orders: number;
            units: number;
        };
        /**
         * NoAction
         * @description Nothing to do but wait: the provider's word is on its way.
         */
        NoAction: {
            /** @enum {unknown} */
            type: "none";
        };
        /** Offer */
        Offer: {
            allotment: number;
            available: number;
            closes_at: string | null;
            event_id: string;
            id: string;
            kind: components["schemas"]["OfferKind"];
            list_price_basis: string;
            list_price_fen: number | null;
            opens_at: string | null;
            per_buyer_limit: number;
            price_fen: number;
            reserved: number;
            shipping_fen: number;
            sold: number;
            status: components["schemas"]["OfferStatus"];
            title: string;
            undeliverable_provinces: string[];
            unit_grams: number;
        };
        /** OfferCreate */
        OfferCreate: {
            allotment: number;
            /** @default null */
            closes_at?: string | null;
            kind: components["schemas"]["OfferKind"];
            /** @default  */
            list_price_basis?: string;
            /** @default null */
            list_price_fen?: number | null;
            /** @default null */
            lot_id?: string | null;
            /** @default null */
            opens_at?: string | null;
            per_buyer_limit: number;
            price_fen: number;
            /** @default 0 */
            shipping_fen?: number;
            title: string;
            /** @default [] */
            undeliverable_provinces?: string[];
            unit_grams: number;
        };
        /**
         * OfferKind
         * @enum {unknown}
         */
        OfferKind: "fixed_price" | "flash_sale";
        /**
         * OfferSales
         * @description How one offer sells. ``stock_out_at_*`` bound the estimate; None while it cannot be made.
         */
        OfferSales: {
            allotment: number;
            available: number;
            offer_id: string;
            reserved: number;
            sell_through: number;
            sold: number;
            stock_out_at_earliest: string | null;
            stock_out_at_latest: string | null;
            title: string;
            units_per_minute: number;
        };
        /**
         * OfferStatus
         * @description What a buyer sees; follows from the offer, its window, its stock and its event.
         * @enum {unknown}
         */
        OfferStatus: "closed" | "draft" | "open" | "scheduled" | "sold_out";
        /**
         * OfferUpdate
         * @description Only the fields present change; ``allotment`` restocks, or takes back what is left.
         */
        OfferUpdate: {
            allotment?: number;
            closes_at?: string | null;
            opens_at?: string | null;
            per_buyer_limit?: number;
            price_fen?: number;
            title?: string;
        };
        /** Order */
        Order: {
            amount_fen: number;
            /** @default null */
            carrier?: string | null;
            /** @default null */
            claim_by?: string | null;
            /** @default [] */
            claims?: components["schemas"]["Claim"][];
            closed_at: string | null;
            coupon_id: string | null;
            created_at: string;
            /** @default null */
            delivered_at?: string | null;
            discount_fen: number;
            event_id: string;
            /** @default null */
            event_title?: string | null;
            grams: number;
            id: string;
            offer_id: string;
            /** @default null */
            offer_title?: string | null;
            paid_at: string | null;
            pay_by: string;
            /** @default null */
            payment?: components["schemas"]["Payment"] | null;
            price_fen: number;
            ship_to: components["schemas"]["ShipTo"];
            shipping_fen: number;
            status: components["schemas"]["OrderStatus"];
            /** @default null */
            tracking_number?: string | null;
            units: number;
        };
        /** OrderCreate */
        OrderCreate: {
            /** @default null */
            address_id?: string | null;
            /** @default null */
            coupon_id?: string | null;
            /** @default null */
            pay_with?: string | null;
            price_fen: number;
            /** @default null */
            ship_to?: components["schemas"]["ShipTo"] | null;
            units: number;
        };
        /**
         * OrderStatus
         * @enum {unknown}
         */
        OrderStatus: "cancelled" | "delivered" | "expired" | "packed" | "paid" | "refunded" | "reserved" | "shipped";
        /**
         * Page[AccountDetail]
         * @description One page of a list; ``next`` is the cursor of the following one, None at the end.
         */
        Page_AccountDetail_: {
            items: components["schemas"]["AccountDetail"][];
            /** @default null */
            next?: string | null;
        };
        /**
         * Page[Address]
         * @description One page of a list; ``next`` is the cursor of the following one, None at the end.
         */
        Page_Address_: {
            items: components["schemas"]["Address"][];
            /** @default null */
            next?: string | null;
        };
        /**
         * Page[Assistant]
         * @description One page of a list; ``next`` is the cursor of the following one, None at the end.
         */
        Page_Assistant_: {
            items: components["schemas"]["Assistant"][];
            /** @default null */
            next?: string | null;
        };
        /**
         * Page[ChatAction]
         * @description One page of a list; ``next`` is the cursor of the following one, None at the end.
         */
        Page_ChatAction_: {
            items: components["schemas"]["ChatAction"][];
            /** @default null */
            next?: string | null;
        };
        /**
         * Page[ClaimCase]
         * @description One page of a list; ``next`` is the cursor of the following one, None at the end.
         */
        Page_ClaimCase_: {
            items: components["schemas"]["ClaimCase"][];
            /** @default null */
            next?: string | null;
        };
        /**
         * Page[County]
         * @description One page of a list; ``next`` is the cursor of the following one, None at the end.
         */
        Page_County_: {
            items: components["schemas"]["County"][];
            /** @default null */
            next?: string | null;
        };
        /**
         * Page[Coupon]
         * @description One page of a list; ``next`` is the cursor of the following one, None at the end.
         */
        Page_Coupon_: {
            items: components["schemas"]["Coupon"][];
            /** @default null */
            next?: string | null;
        };
        /**
         * Page[CouponDrop]
         * @description One page of a list; ``next`` is the cursor of the following one, None at the end.
         */
        Page_CouponDrop_: {
            items: components["schemas"]["CouponDrop"][];
            /** @default null */
            next?: string | null;
        };
        /**
         * Page[EventWithOffers]
         * @description One page of a list; ``next`` is the cursor of the following one, None at the end.
         */
        Page_EventWithOffers_: {
            items: components["schemas"]["EventWithOffers"][];
            /** @default null */
            next?: string | null;
        };
        /**
         * Page[FollowedHost]
         * @description One page of a list; ``next`` is the cursor of the following one, None at the end.
         */
        Page_FollowedHost_: {
            items: components["schemas"]["FollowedHost"][];
            /** @default null */
            next?: string | null;
        };
        /**
         * Page[Giveaway]
         * @description One page of a list; ``next`` is the cursor of the following one, None at the end.
         */
        Page_Giveaway_: {
            items: components["schemas"]["Giveaway"][];
            /** @default null */
            next?: string | null;
        };
        /**
         * Page[Lot]
         * @description One page of a list; ``next`` is the cursor of the following one, None at the end.
         */
        Page_Lot_: {
            items: components["schemas"]["Lot"][];
            /** @default null */
            next?: string | null;
        };
        /**
         * Page[Order]
         * @description One page of a list; ``next`` is the cursor of the following one, None at the end.
         */
        Page_Order_: {
            items: components["schemas"]["Order"][];
            /** @default null */
            next?: string | null;
        };
        /**
         * Page[Producer]
         * @description One page of a list; ``next`` is the cursor of the following one, None at the end.
         */
        Page_Producer_: {
            items: components["schemas"]["Producer"][];
            /** @default null */
            next?: string | null;
        };
        /**
         * Page[Product]
         * @description One page of a list; ``next`` is the cursor of the following one, None at the end.
         */
        Page_Product_: {
            items: components["schemas"]["Product"][];
            /** @default null */
            next?: string | null;
        };
        /**
         * Page[ProviderChoice]
         * @description One page of a list; ``next`` is the cursor of the following one, None at the end.
         */
        Page_ProviderChoice_: {
            items: components["schemas"]["ProviderChoice"][];
            /** @default null */
            next?: string | null;
        };
        /**
         * Page[Province]
         * @description One page of a list; ``next`` is the cursor of the following one, None at the end.
         */
        Page_Province_: {
            items: components["schemas"]["Province"][];
            /** @default null */
            next?: string | null;
        };
        /**
         * Page[Reminder]
         * @description One page of a list; ``next`` is the cursor of the following one, None at the end.
         */
        Page_Reminder_: {
            items: components["schemas"]["Reminder"][];
            /** @default null */
            next?: string | null;
        };
        /**
         * Page[SilencedPerson]
         * @description One page of a list; ``next`` is the cursor of the following one, None at the end.
         */
        Page_SilencedPerson_: {
            items: components["schemas"]["SilencedPerson"][];
            /** @default null */
            next?: string | null;
        };
        /**
         * Page[WonPrize]
         * @description One page of a list; ``next`` is the cursor of the following one, None at the end.
         */
        Page_WonPrize_: {
            items: components["schemas"]["WonPrize"][];
            /** @default null */
            next?: string | null;
        };
        /**
         * Part
         * @description What somebody is in the chat of one event.
         * @enum {unknown}
         */
        Part: "assistant" | "host" | "operator" | "speaker";
        /** Payment */
        Payment: {
            /**
             * @default {
             *       "type": "none"
             *     }
             */
            action?: components["schemas"]["NoAction"] | components["schemas"]["Redirect"] | components["schemas"]["ShowQr"];
            amount_fen: number;
            id: string;
            order_id: string;
            provider: string;
            status: components["schemas"]["PaymentStatus"];
        };
        /** PaymentCreate */
        PaymentCreate: {
            provider: string;
        };
        /**
         * PaymentStatus
         * @enum {unknown}
         */
        PaymentStatus: "failed" | "settled" | "started";
        /**
         * PrizeAddress
         * @description Where a prize goes: one of the winner's own addresses.
         */
        PrizeAddress: {
            address_id: string;
        };
        /**
         * ProblemBody
         * @description The body of every answer of 400 and above.
         */
        ProblemBody: {
            code: string;
            detail?: string;
            fields?: {
                [key: string]: string;
            };
            reference?: string;
            status: number;
            title: string;
            /** @default about:blank */
            type?: string;
        };
        /** Producer */
        Producer: {
            county_code: string;
            id: string;
            kind: string;
            name: string;
        };
        /** ProducerCreate */
        ProducerCreate: {
            /** @description GB/T 2260, such as 440825 */
            county_code: string;
            /**
             * @default household
             * @enum {unknown}
             */
            kind?: "company" | "cooperative" | "household";
            name: string;
        };
        /** Product */
        Product: {
            county_code: string;
            description: string;
            id: string;
            name: string;
            name_en: string;
        };
        /** ProductCreate */
        ProductCreate: {
            /** @description GB/T 2260, such as 440825 */
            county_code: string;
            /** @default  */
            description?: string;
            name: string;
            /** @default  */
            name_en?: string;
        };
        /** ProfileUpdate */
        ProfileUpdate: {
            name: string;
        };
        /** ProviderChoice */
        ProviderChoice: {
            name: string;
        };
        /** Province */
        Province: {
            code: string;
            name: string;
        };
        /** ProvinceSales */
        ProvinceSales: {
            amount_fen: number;
            grams: number;
            orders: number;
            province_code: string;
        };
        /**
         * QueuePlace
         * @description One's own place.
         *
         *         Args:
         *             number: from the draw on, for as long as the place is good.
         *             position: how many are let through until it is this one's turn, itself included.
         *             wait_seconds: at the pace of now; None where nobody can say.
         *             until: the end of the turn; None unless admitted.
         *             epoch: of the queue that the place is in.
         */
        QueuePlace: {
            epoch: string;
            number: number | null;
            position: number | null;
            standing: components["schemas"]["Standing"];
            until: string | null;
            wait_seconds: number | null;
        };
        /**
         * Readiness
         * @description Every field true but ``redis``, without which people can still watch the last numbers.
         */
        Readiness: {
            draining: boolean;
            ready: boolean;
            redis: boolean;
            schema: boolean;
            sql: boolean;
        };
        /**
         * Redirect
         * @description The buyer pays at this address.
         */
        Redirect: {
            /** @enum {unknown} */
            type: "redirect";
            url: string;
        };
        /**
         * Reminder
         * @description What the caller is to be reminded of.
         *
         *         Args:
         *             remind_at: from then on; a page shows it, and a message is sent where there is a gateway.
         *             sent_at: when the gateway took the message; None where it has not.
         */
        Reminder: {
            event_id: string;
            event_status: components["schemas"]["EventStatus"];
            event_title: string;
            host_name: string;
            remind_at: string;
            sent_at: string | null;
            starts_at: string;
        };
        /**
         * Role
         * @description What a person may do; each role may also do what the ones before it may.
         * @enum {unknown}
         */
        Role: "host" | "operator" | "viewer";
        /** RoleUpdate */
        RoleUpdate: {
            role: components["schemas"]["Role"];
        };
        /** SalesTotals */
        SalesTotals: {
            amount_fen: number;
            cancelled_orders: number;
            claimed_fen: number;
            discount_fen: number;
            expired_orders: number;
            grams_sold: number;
            orders: number;
            paid_orders: number;
            refunded_orders: number;
            reserved_orders: number;
            units_sold: number;
        };
        /** Session */
        Session: {
            account: components["schemas"]["Account"];
            token: string;
        };
        /** SessionRequest */
        SessionRequest: {
            code: string;
            /** @description E.164, or a mainland number */
            phone: string;
        };
        /**
         * Shipment
         * @description Who carries a parcel, and what they call it.
         */
        Shipment: {
            carrier: string;
            tracking_number: string;
        };
        /**
         * ShipTo
         * @description Where goods go, and to whom.
         */
        ShipTo: {
            address: string;
            name: string;
            /** @description E.164, or a mainland number */
            phone: string;
            /** @description GB/T 2260, such as 440000 */
            province_code: string;
        };
        /**
         * ShowQr
         * @description The buyer scans this text with the provider's app.
         */
        ShowQr: {
            text: string;
            /** @enum {unknown} */
            type: "qr";
        };
        /**
         * SilenceCreate
         * @description Of whom wrote ``message_id``, or of ``account_id``.
         *
         *         ``seconds``: of a mute; null for one to the end.
         */
        SilenceCreate: {
            /** @default null */
            account_id?: string | null;
            kind: components["schemas"]["SilenceKind"];
            /** @default null */
            message_id?: string | null;
            /** @default  */
            reason?: string;
            /** @default null */
            seconds?: number | null;
        };
        /**
         * SilencedPerson
         * @description Somebody who must not speak, and who said so.
         */
        SilencedPerson: {
            account_id: string;
            by_name: string;
            kind: components["schemas"]["SilenceKind"];
            name: string;
            since: string;
            until: string | null;
        };
        /**
         * SilenceKind
         * @enum {unknown}
         */
        SilenceKind: "ban" | "mute";
        /**
         * Silencing
         * @description ``until``: null for good.
         */
        Silencing: {
            kind: components["schemas"]["SilenceKind"];
            until: string | null;
        };
        /**
         * Standing
         * @description Where an account stands.
         * @enum {unknown}
         */
        Standing: "admitted" | "full" | "gathering" | "none" | "over" | "waiting";
        /**
         * Ticket
         * @description Opens one WebSocket as its owner, once, within ``expires_seconds``.
         */
        Ticket: {
            expires_seconds: number;
            ticket: string;
        };
        /**
         * WinnersToServe
         * @description All winners of a giveaway: there are few, so ``next`` is always None.
         */
        WinnersToServe: {
            items: components["schemas"]["WinnerToServe"][];
            /** @default null */
            next?: string | null;
        };
        /**
         * WinnerToServe
         * @description A winner as those see them who send the prize; masked but for operators.
         */
        WinnerToServe: {
            carrier: string | null;
            entry_id: string;
            name: string;
            phone: string;
            place: number;
            ship_to: components["schemas"]["ShipTo"] | null;
            shipped_at: string | null;
            tracking_number: string | null;
        };
        /**
         * WonPrize
         * @description A prize that the caller has won.
         *
         *         Args:
         *             ship_to: None until they have said where to.
         *             carrier, tracking_number, shipped_at: None until a carrier has it.
         */
        WonPrize: {
            carrier: string | null;
            drawn_at: string;
            event_id: string;
            event_title: string;
            giveaway_id: string;
            place: number;
            prize: string;
            ship_to: components["schemas"]["ShipTo"] | null;
            shipped_at: string | null;
            title: string;
            tracking_number: string | null;
        };
    };
    responses: {
        /** @description Bad Request: malformed */
        "400-malformed": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "malformed";
                    /** @constant */
                    status?: 400;
                };
            };
        };
        /** @description Bad Request: malformed, websocket_required */
        "400-malformed-websocket_required": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "malformed" | "websocket_required";
                    /** @constant */
                    status?: 400;
                };
            };
        };
        /** @description Unauthorized: unauthenticated */
        "401-unauthenticated": {
            headers: {
                "WWW-Authenticate": string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "unauthenticated";
                    /** @constant */
                    status?: 401;
                };
            };
        };
        /** @description Forbidden: bad_signature, stale_message, wrong_merchant */
        "403-bad_signature-stale_message-wrong_merchant": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "bad_signature" | "stale_message" | "wrong_merchant";
                    /** @constant */
                    status?: 403;
                };
            };
        };
        /** @description Forbidden: banned, foreign_origin */
        "403-banned-foreign_origin": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "banned" | "foreign_origin";
                    /** @constant */
                    status?: 403;
                };
            };
        };
        /** @description Forbidden: forbidden */
        "403-forbidden": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "forbidden";
                    /** @constant */
                    status?: 403;
                };
            };
        };
        /** @description Forbidden: forbidden, foreign_origin */
        "403-forbidden-foreign_origin": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "forbidden" | "foreign_origin";
                    /** @constant */
                    status?: 403;
                };
            };
        };
        /** @description Forbidden: foreign_origin */
        "403-foreign_origin": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "foreign_origin";
                    /** @constant */
                    status?: 403;
                };
            };
        };
        /** @description Forbidden: origin_not_allowed */
        "403-origin_not_allowed": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "origin_not_allowed";
                    /** @constant */
                    status?: 403;
                };
            };
        };
        /** @description Not Found: coupon_not_found, not_found */
        "404-coupon_not_found-not_found": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "coupon_not_found" | "not_found";
                    /** @constant */
                    status?: 404;
                };
            };
        };
        /** @description Not Found: event_not_found, message_not_found, not_found */
        "404-event_not_found-message_not_found-not_found": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "event_not_found" | "message_not_found" | "not_found";
                    /** @constant */
                    status?: 404;
                };
            };
        };
        /** @description Not Found: event_not_found, no_waiting_room, not_found */
        "404-event_not_found-no_waiting_room-not_found": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "event_not_found" | "no_waiting_room" | "not_found";
                    /** @constant */
                    status?: 404;
                };
            };
        };
        /** @description Not Found: event_not_found, not_found */
        "404-event_not_found-not_found": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "event_not_found" | "not_found";
                    /** @constant */
                    status?: 404;
                };
            };
        };
        /** @description Not Found: not_found */
        "404-not_found": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "not_found";
                    /** @constant */
                    status?: 404;
                };
            };
        };
        /** @description Not Found: not_found, unknown_payment, unknown_provider */
        "404-not_found-unknown_payment-unknown_provider": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "not_found" | "unknown_payment" | "unknown_provider";
                    /** @constant */
                    status?: 404;
                };
            };
        };
        /** @description Conflict: already_cancelled, already_ended */
        "409-already_cancelled-already_ended": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "already_cancelled" | "already_ended";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: already_cancelled, already_ended, already_live */
        "409-already_cancelled-already_ended-already_live": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "already_cancelled" | "already_ended" | "already_live";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: already_cancelled, already_ended, already_live, too_many_reminders */
        "409-already_cancelled-already_ended-already_live-too_many_reminders": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "already_cancelled" | "already_ended" | "already_live" | "too_many_reminders";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: already_closed, not_open */
        "409-already_closed-not_open": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "already_closed" | "not_open";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: already_open, event_over */
        "409-already_open-event_over": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "already_open" | "event_over";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: below_committed, event_over */
        "409-below_committed-event_over": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "below_committed" | "event_over";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: buyer_limit, coupon_expired, coupon_min_spend, coupon_used, not_deliverable, not_open, price_changed, sold_out */
        "409-buyer_limit-coupon_expired-coupon_min_spend-coupon_used-not_deliverable-not_open-price_changed-sold_out": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "buyer_limit" | "coupon_expired" | "coupon_min_spend" | "coupon_used" | "not_deliverable" | "not_open" | "price_changed" | "sold_out";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: claim_decided, claim_exceeds_left, own_claim */
        "409-claim_decided-claim_exceeds_left-own_claim": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "claim_decided" | "claim_exceeds_left" | "own_claim";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: claim_decided, own_claim */
        "409-claim_decided-own_claim": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "claim_decided" | "own_claim";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: claim_open, claim_too_late, not_claimable, nothing_left, too_many_claims */
        "409-claim_open-claim_too_late-not_claimable-nothing_left-too_many_claims": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "claim_open" | "claim_too_late" | "not_claimable" | "nothing_left" | "too_many_claims";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: coupons_gone, drop_ended, own_drop */
        "409-coupons_gone-drop_ended-own_drop": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "coupons_gone" | "drop_ended" | "own_drop";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: drop_running, not_live */
        "409-drop_running-not_live": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "drop_running" | "not_live";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: entries_open */
        "409-entries_open": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "entries_open";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: event_over */
        "409-event_over": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "event_over";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: event_over, too_many_offers */
        "409-event_over-too_many_offers": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "event_over" | "too_many_offers";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: giveaway_closed */
        "409-giveaway_closed": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "giveaway_closed";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: giveaway_closed, giveaway_full, own_giveaway */
        "409-giveaway_closed-giveaway_full-own_giveaway": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "giveaway_closed" | "giveaway_full" | "own_giveaway";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: giveaway_running, not_live */
        "409-giveaway_running-not_live": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "giveaway_running" | "not_live";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: is_staff */
        "409-is_staff": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "is_staff";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: is_staff, too_many_assistants */
        "409-is_staff-too_many_assistants": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "is_staff" | "too_many_assistants";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: is_staff, too_many_silenced */
        "409-is_staff-too_many_silenced": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "is_staff" | "too_many_silenced";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: not_cancellable */
        "409-not_cancellable": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "not_cancellable";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: not_deliverable_yet */
        "409-not_deliverable_yet": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "not_deliverable_yet";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: not_live */
        "409-not_live": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "not_live";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: not_packable */
        "409-not_packable": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "not_packable";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: not_payable */
        "409-not_payable": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "not_payable";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: not_refundable */
        "409-not_refundable": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "not_refundable";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: not_shippable */
        "409-not_shippable": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "not_shippable";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: own_account */
        "409-own_account": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "own_account";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: own_account, too_many_follows */
        "409-own_account-too_many_follows": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "own_account" | "too_many_follows";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: prize_not_addressed */
        "409-prize_not_addressed": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "prize_not_addressed";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: prize_shipped */
        "409-prize_shipped": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "prize_shipped";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Conflict: too_many_addresses */
        "409-too_many_addresses": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "too_many_addresses";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description Request Entity Too Large: too_large */
        "413-too_large": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "too_large";
                    /** @constant */
                    status?: 413;
                };
            };
        };
        /** @description Unprocessable Entity: code_void, invalid, wrong_code */
        "422-code_void-invalid-wrong_code": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "code_void" | "invalid" | "wrong_code";
                    /** @constant */
                    status?: 422;
                };
            };
        };
        /** @description Unprocessable Entity: idempotency_key_invalid, idempotency_key_reused, invalid, unknown_provider */
        "422-idempotency_key_invalid-idempotency_key_reused-invalid-unknown_provider": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "idempotency_key_invalid" | "idempotency_key_reused" | "invalid" | "unknown_provider";
                    /** @constant */
                    status?: 422;
                };
            };
        };
        /** @description Unprocessable Entity: invalid */
        "422-invalid": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "invalid";
                    /** @constant */
                    status?: 422;
                };
            };
        };
        /** @description Unprocessable Entity: invalid, unknown_provider */
        "422-invalid-unknown_provider": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "invalid" | "unknown_provider";
                    /** @constant */
                    status?: 422;
                };
            };
        };
        /** @description Precondition Required: captcha_required */
        "428-captcha_required": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    captcha?: string;
                    /** @enum {string} */
                    code?: "captcha_required";
                    site_key?: string;
                    /** @constant */
                    status?: 428;
                };
            };
        };
        /** @description Precondition Required: idempotency_key_required */
        "428-idempotency_key_required": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "idempotency_key_required";
                    /** @constant */
                    status?: 428;
                };
            };
        };
        /** @description Too Many Requests: too_many_codes, too_many_tries */
        "429-too_many_codes-too_many_tries": {
            headers: {
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "too_many_codes" | "too_many_tries";
                    /** @constant */
                    status?: 429;
                };
            };
        };
        /** @description Too Many Requests: too_many_orders, waiting */
        "429-too_many_orders-waiting": {
            headers: {
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "too_many_orders" | "waiting";
                    position?: number;
                    /** @constant */
                    status?: 429;
                    wait_seconds?: number;
                };
            };
        };
        /** @description Too Many Requests: too_many_tries */
        "429-too_many_tries": {
            headers: {
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "too_many_tries";
                    /** @constant */
                    status?: 429;
                };
            };
        };
        /** @description Internal Server Error: internal */
        "500-internal": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "internal";
                    /** @constant */
                    status?: 500;
                };
            };
        };
        /** @description Service Unavailable: busy, checkout_full, commit_unknown, queue_full, stock_unavailable, unavailable */
        "503-busy-checkout_full-commit_unknown-queue_full-stock_unavailable-unavailable": {
            headers: {
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "busy" | "checkout_full" | "commit_unknown" | "queue_full" | "stock_unavailable" | "unavailable";
                    /** @constant */
                    status?: 503;
                };
            };
        };
        /** @description Service Unavailable: busy, not_ready, unavailable */
        "503-busy-not_ready-unavailable": {
            headers: {
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "busy" | "not_ready" | "unavailable";
                    /** @constant */
                    status?: 503;
                };
            };
        };
        /** @description Service Unavailable: busy, provider_busy, provider_unavailable, unavailable */
        "503-busy-provider_busy-provider_unavailable-unavailable": {
            headers: {
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "busy" | "provider_busy" | "provider_unavailable" | "unavailable";
                    /** @constant */
                    status?: 503;
                };
            };
        };
        /** @description Service Unavailable: busy, queue_full, unavailable */
        "503-busy-queue_full-unavailable": {
            headers: {
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "busy" | "queue_full" | "unavailable";
                    /** @constant */
                    status?: 503;
                };
            };
        };
        /** @description Service Unavailable: busy, room_full, unavailable */
        "503-busy-room_full-unavailable": {
            headers: {
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "busy" | "room_full" | "unavailable";
                    /** @constant */
                    status?: 503;
                };
            };
        };
        /** @description Service Unavailable: busy, sms_unavailable, unavailable */
        "503-busy-sms_unavailable-unavailable": {
            headers: {
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "busy" | "sms_unavailable" | "unavailable";
                    /** @constant */
                    status?: 503;
                };
            };
        };
        /** @description Service Unavailable: busy, stock_unavailable, unavailable */
        "503-busy-stock_unavailable-unavailable": {
            headers: {
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "busy" | "stock_unavailable" | "unavailable";
                    /** @constant */
                    status?: 503;
                };
            };
        };
        /** @description Service Unavailable: busy, unavailable */
        "503-busy-unavailable": {
            headers: {
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBody"] & {
                    /** @enum {string} */
                    code?: "busy" | "unavailable";
                    /** @constant */
                    status?: 503;
                };
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    get_accounts: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                role?: components["schemas"]["Role"];
                search?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AccountDetail_"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_accounts_account_id_ban: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountDetail"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-own_account"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    patch_accounts_account_id_role: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoleUpdate"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountDetail"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-own_account"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_accounts_account_id_unban: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountDetail"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-not_found"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_addresses: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Address_"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_addresses: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddressUpdate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Address"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-foreign_origin"];
            409: components["responses"]["409-too_many_addresses"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    put_addresses_address_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                address_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddressUpdate"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Address"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-foreign_origin"];
            404: components["responses"]["404-not_found"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    delete_addresses_address_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                address_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-foreign_origin"];
            404: components["responses"]["404-not_found"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_auth_codes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CodeRequest"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CodeSent"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-foreign_origin"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            428: components["responses"]["428-captcha_required"];
            429: components["responses"]["429-too_many_codes-too_many_tries"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-sms_unavailable-unavailable"];
        };
    };
    post_auth_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SessionRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Set-Cookie": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-banned-foreign_origin"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-code_void-invalid-wrong_code"];
            429: components["responses"]["429-too_many_tries"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    delete_auth_sessions: {
        parameters: {
            query?: {
                everywhere?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "Set-Cookie": string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-foreign_origin"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_auth_tickets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-foreign_origin"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_claims: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                status?: components["schemas"]["ClaimStatus"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ClaimCase_"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_claims_claim_id_approve: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                claim_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClaimApproval"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Claim"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-claim_decided-claim_exceeds_left-own_claim"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_claims_claim_id_reject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                claim_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClaimRejection"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Claim"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-claim_decided-own_claim"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_counties: {
        parameters: {
            query?: {
                province_code?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_County_"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_coupon_drops_drop_id_coupons: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                drop_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Coupon"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Coupon"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-foreign_origin"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-coupons_gone-drop_ended-own_drop"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_coupon_drops_drop_id_end: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                drop_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CouponDrop"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-not_found"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_coupons: {
        parameters: {
            query?: {
                cursor?: string;
                event_id?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Coupon_"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_events: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                status?: components["schemas"]["EventStatus"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_EventWithOffers_"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_events: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventCreate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_events_event_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventWithOffers"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            404: components["responses"]["404-event_not_found-not_found"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    patch_events_event_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventUpdate"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-event_not_found-not_found"];
            409: components["responses"]["409-already_cancelled-already_ended"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_events_event_id_calendar_ics: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Content-Disposition": string;
                    [name: string]: unknown;
                };
                content: {
                    "text/calendar": string;
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            404: components["responses"]["404-event_not_found-not_found"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_events_event_id_cancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-event_not_found-not_found"];
            409: components["responses"]["409-already_cancelled-already_ended-already_live"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_events_event_id_chat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatStanding"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            404: components["responses"]["404-event_not_found-not_found"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    patch_events_event_id_chat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChatUpdate"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatStanding"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-event_not_found-not_found"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_events_event_id_chat_actions: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ChatAction_"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden"];
            404: components["responses"]["404-event_not_found-not_found"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_events_event_id_chat_assistants: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Assistant_"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden"];
            404: components["responses"]["404-event_not_found-not_found"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_events_event_id_chat_assistants: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssistantCreate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assistant"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-event_not_found-not_found"];
            409: components["responses"]["409-is_staff-too_many_assistants"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    delete_events_event_id_chat_assistants_account_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-event_not_found-not_found"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_events_event_id_chat_messages_message_id_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
                message_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MessageDelete"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-event_not_found-message_not_found-not_found"];
            409: components["responses"]["409-is_staff"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_events_event_id_chat_silences: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_SilencedPerson_"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden"];
            404: components["responses"]["404-event_not_found-not_found"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_events_event_id_chat_silences: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SilenceCreate"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-event_not_found-message_not_found-not_found"];
            409: components["responses"]["409-is_staff-too_many_silenced"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    delete_events_event_id_chat_silences_account_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-event_not_found-not_found"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_events_event_id_coupon_drops: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_CouponDrop_"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            404: components["responses"]["404-event_not_found-not_found"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_events_event_id_coupon_drops: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CouponDropCreate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CouponDrop"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-event_not_found-not_found"];
            409: components["responses"]["409-drop_running-not_live"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_events_event_id_end: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-event_not_found-not_found"];
            409: components["responses"]["409-not_live"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_events_event_id_giveaways: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Giveaway_"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            404: components["responses"]["404-event_not_found-not_found"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_events_event_id_giveaways: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GiveawayCreate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Giveaway"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-event_not_found-not_found"];
            409: components["responses"]["409-giveaway_running-not_live"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_events_event_id_offers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OfferCreate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Offer"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-event_not_found-not_found"];
            409: components["responses"]["409-event_over-too_many_offers"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_events_event_id_orders: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                status?: components["schemas"]["OrderStatus"];
            };
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Order_"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden"];
            404: components["responses"]["404-event_not_found-not_found"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_events_event_id_orders_csv: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Content-Disposition": string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden"];
            404: components["responses"]["404-event_not_found-not_found"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_events_event_id_queue: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueuePlace"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-foreign_origin"];
            404: components["responses"]["404-event_not_found-no_waiting_room-not_found"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-queue_full-unavailable"];
        };
    };
    put_events_event_id_reminder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reminder"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-foreign_origin"];
            404: components["responses"]["404-event_not_found-not_found"];
            409: components["responses"]["409-already_cancelled-already_ended-already_live-too_many_reminders"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    delete_events_event_id_reminder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-foreign_origin"];
            404: components["responses"]["404-not_found"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_events_event_id_room: {
        parameters: {
            query?: {
                since?: string;
                ticket?: string;
            };
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Switching Protocols */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-malformed-websocket_required"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-origin_not_allowed"];
            404: components["responses"]["404-event_not_found-not_found"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-room_full-unavailable"];
        };
    };
    get_events_event_id_sales: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventSales"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden"];
            404: components["responses"]["404-event_not_found-not_found"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_events_event_id_start: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-event_not_found-not_found"];
            409: components["responses"]["409-already_cancelled-already_ended-already_live"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_follows: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_FollowedHost_"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_giveaways_giveaway_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                giveaway_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Giveaway"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            404: components["responses"]["404-not_found"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    put_giveaways_giveaway_id_address: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                giveaway_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PrizeAddress"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WonPrize"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-foreign_origin"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-prize_shipped"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_giveaways_giveaway_id_cancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                giveaway_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GiveawayCancel"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Giveaway"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-giveaway_closed"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_giveaways_giveaway_id_entries: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                giveaway_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-entries_open"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_giveaways_giveaway_id_entries: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                giveaway_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GiveawayEntry"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GiveawayEntry"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-foreign_origin"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-giveaway_closed-giveaway_full-own_giveaway"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_giveaways_giveaway_id_entry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                giveaway_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GiveawayEntry"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            404: components["responses"]["404-not_found"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_giveaways_giveaway_id_winners: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                giveaway_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WinnersToServe"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden"];
            404: components["responses"]["404-not_found"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_giveaways_giveaway_id_winners_place_ship: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                giveaway_id: string;
                place: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Shipment"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WinnerToServe"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-prize_not_addressed"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_giveaways_won: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_WonPrize_"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_hosts_host_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                host_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Host"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            404: components["responses"]["404-not_found"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    put_hosts_host_id_follow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                host_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Host"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-foreign_origin"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-own_account-too_many_follows"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    delete_hosts_host_id_follow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                host_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Host"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-foreign_origin"];
            404: components["responses"]["404-not_found"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_lots: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                product_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Lot_"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_lots: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LotCreate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lot"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    patch_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProfileUpdate"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-foreign_origin"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    patch_offers_offer_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                offer_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OfferUpdate"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Offer"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-below_committed-event_over"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_offers_offer_id_close: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                offer_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Offer"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-already_closed-not_open"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_offers_offer_id_open: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                offer_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Offer"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-already_open-event_over"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_offers_offer_id_orders: {
        parameters: {
            query?: never;
            header: {
                "Idempotency-Key": string;
            };
            path: {
                offer_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrderCreate"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-foreign_origin"];
            404: components["responses"]["404-coupon_not_found-not_found"];
            409: components["responses"]["409-buyer_limit-coupon_expired-coupon_min_spend-coupon_used-not_deliverable-not_open-price_changed-sold_out"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-idempotency_key_invalid-idempotency_key_reused-invalid-unknown_provider"];
            428: components["responses"]["428-idempotency_key_required"];
            429: components["responses"]["429-too_many_orders-waiting"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-checkout_full-commit_unknown-queue_full-stock_unavailable-unavailable"];
        };
    };
    post_offers_offer_id_pin: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                offer_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Offer"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-event_over"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_offers_offer_id_unpin: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                offer_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Offer"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-not_found"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_orders: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Order_"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_orders_order_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            404: components["responses"]["404-not_found"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_orders_order_id_cancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-foreign_origin"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-not_cancellable"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_orders_order_id_claims: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClaimCreate"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Claim"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Claim"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-foreign_origin"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-claim_open-claim_too_late-not_claimable-nothing_left-too_many_claims"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_orders_order_id_deliver: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-not_deliverable_yet"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_orders_order_id_pack: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-not_packable"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_orders_order_id_payment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PaymentCreate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-foreign_origin"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-not_payable"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid-unknown_provider"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-provider_busy-provider_unavailable-unavailable"];
        };
    };
    post_orders_order_id_refund: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-not_refundable"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_orders_order_id_ship: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Shipment"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-not_shippable"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_payments_provider_notify: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
                "application/x-www-form-urlencoded": unknown;
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "text/plain": string;
                };
            };
            400: components["responses"]["400-malformed"];
            403: components["responses"]["403-bad_signature-stale_message-wrong_merchant"];
            404: components["responses"]["404-not_found-unknown_payment-unknown_provider"];
            413: components["responses"]["413-too_large"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-stock_unavailable-unavailable"];
        };
    };
    get_payments_providers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ProviderChoice_"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_producers: {
        parameters: {
            query?: {
                county_code?: string;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Producer_"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_producers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProducerCreate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Producer"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_products: {
        parameters: {
            query?: {
                county_code?: string;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Product_"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    post_products: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProductCreate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Product"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            403: components["responses"]["403-forbidden-foreign_origin"];
            413: components["responses"]["413-too_large"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_provinces: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Province_"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_reminders: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Reminder_"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            422: components["responses"]["422-invalid"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alive"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            400: components["responses"]["400-malformed"];
            403: components["responses"]["403-forbidden"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_openapi_json: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-unavailable"];
        };
    };
    get_readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            400: components["responses"]["400-malformed"];
            401: components["responses"]["401-unauthenticated"];
            500: components["responses"]["500-internal"];
            503: components["responses"]["503-busy-not_ready-unavailable"];
        };
    };
}
