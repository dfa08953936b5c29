// What a built dashboard must be, by Grafana's own types. Enums become their values, because JSON has no enums.
import type * as bargauge from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type * as geomap from '@grafana/schema/dist/esm/raw/composable/geomap/panelcfg/x/GeomapPanelCfg_types.gen';
import type * as stat from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type * as statetimeline from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import type * as table from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type * as timeseries from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';
import type * as dashboard from '@grafana/schema/dist/esm/raw/dashboard/x/Dashboard_types.gen';

export type Json<T> = T extends string
  ? `${T}`
  : T extends number | boolean | null | undefined
    ? T
    : T extends Array<infer U>
      ? Array<Json<U>>
      : T extends object
        ? { [K in keyof T]: Json<T[K]> }
        : T;

// A threshold that begins at minus infinity is null in JSON; the generated type says number.
type Step = Omit<Json<dashboard.Threshold>, 'value'> & { value: number | null };
type Thresholds = Omit<Json<dashboard.ThresholdsConfig>, 'steps'> & { steps: Step[] };

// Grafana's Prometheus plugin declares its query itself (DataQuery and its own fields); these are the ones in use.
interface PrometheusQuery {
  refId: string;
  datasource: Json<dashboard.DataSourceRef>;
  expr: string;
  legendFormat: string;
  editorMode: 'code' | 'builder';
  format: 'time_series' | 'table' | 'heatmap';
  instant: boolean;
  range: boolean;
}

// The Prometheus plugin's annotation: the generic one with the plugin's own fields.
type Annotation = Json<dashboard.AnnotationQuery> & {
  expr: string;
  step: string;
  tagKeys: string;
  textFormat: string;
  titleFormat: string;
  useValueForTime: boolean;
};

interface CustomOf {
  bargauge: {};
  geomap: {};
  stat: {};
  'state-timeline': Json<statetimeline.FieldConfig>;
  table: Partial<Json<table.FieldConfig>>;
  timeseries: Json<timeseries.FieldConfig>;
}

interface OptionsOf {
  bargauge: Json<bargauge.Options>;
  geomap: Json<geomap.Options>;
  stat: Json<stat.Options>;
  'state-timeline': Json<statetimeline.Options>;
  table: Json<table.Options>;
  timeseries: Json<timeseries.Options>;
}

export type Kind = keyof OptionsOf;

type Override = {
  matcher: Json<dashboard.MatcherConfig>;
  properties: Array<{ id: string; value?: unknown }>;
};

export interface PanelOf<K extends Kind>
  extends Omit<Json<dashboard.Panel>, 'type' | 'options' | 'fieldConfig' | 'targets'> {
  type: K;
  options: OptionsOf[K];
  fieldConfig: {
    defaults: Omit<Json<dashboard.FieldConfig>, 'custom' | 'thresholds'> & {
      custom?: CustomOf[K];
      thresholds?: Thresholds;
    };
    overrides: Override[];
  };
  targets: PrometheusQuery[];
}

export type Board = Omit<Json<dashboard.Dashboard>, 'panels' | 'annotations'> & {
  annotations: { list: Annotation[] };
};
