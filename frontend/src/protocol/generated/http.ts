/* Generated from the server by `npm run generate`. Do not edit. */
/* eslint-disable */

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** Account */
        Account: {
            id: string;
            name: string;
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
        /** CodeRequest */
        CodeRequest: {
            /** @description E.164, or a mainland number */
            phone: string;
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
         * Event
         * @description An event as anyone sees it; times are RFC 3339 UTC.
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
        };
        /** Funnel */
        Funnel: {
            buyers: number;
            orders: number;
            paid_orders: number;
            views: number;
        };
        /** MinuteSales */
        MinuteSales: {
            amount_fen: number;
            at: string;
            orders: number;
            paid_orders: number;
            units: number;
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
         * @description Only the fields present change. ``allotment`` restocks, or takes back what is not committed.
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
            closed_at: string | null;
            created_at: string;
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
            price_fen: number;
            ship_to: components["schemas"]["ShipTo"];
            shipping_fen: number;
            status: components["schemas"]["OrderStatus"];
            units: number;
        };
        /** OrderCreate */
        OrderCreate: {
            /** @default null */
            address_id?: string | null;
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
        /** Payment */
        Payment: {
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
        PaymentStatus: "failed" | "refunded" | "refunding" | "settled" | "started";
        /** ProfileUpdate */
        ProfileUpdate: {
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
         * Role
         * @description What a person may do; each role may also do what the ones before it may.
         * @enum {unknown}
         */
        Role: "host" | "operator" | "viewer";
        /** SalesTotals */
        SalesTotals: {
            amount_fen: number;
            cancelled_orders: number;
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
         * Ticket
         * @description Opens one WebSocket as its owner, once, within ``expires_seconds``.
         */
        Ticket: {
            expires_seconds: number;
            ticket: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
