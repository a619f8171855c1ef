import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask, askTagged, type Schemas } from './client';
import { keys } from './keys';

export type Setting = Schemas['Setting'];
export type SettingValue = number | boolean | string | string[];

export function useSettings() {
  return useQuery({
    queryKey: keys.settings,
    queryFn: async () => {
      const { value, tag } = await askTagged(api.GET('/settings'));
      return { ...value, tag };
    },
  });
}

// null: back to its default. `tag`: of the settings that the person saw.
export function useChangeSetting() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ key, value, tag }: { key: string; value: SettingValue | null; tag: string }) =>
      ask(api.PATCH('/settings', { params: { header: { 'If-Match': tag } }, body: { values: { [key]: value } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.settings }),
  });
}
