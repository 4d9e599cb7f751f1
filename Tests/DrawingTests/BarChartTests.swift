import Testing

@testable import Drawing

@Suite("Bar charts") struct BarChartTests {
  @Test("bars stand on zero, those of negative numbers hang from it, and what is no number is left out") func bars() {
    let chart = BarChart(
      title: "t", subtitle: "s", vertical: "v", groups: ["one", "two"],
      series: [
        BarChart.Series(name: "a", values: [10, -5]), BarChart.Series(name: "b", values: [.nan, 5]),
      ])
    let frames = chart.scene.marks.compactMap { mark -> Scene.Frame? in
      if case .cells(let frame, _) = mark { frame } else { nil }
    }
    // Three bars and two marks of the legend.
    #expect(frames.count == 5)
    let (tall, hanging, short) = (frames[0], frames[1], frames[2])
    #expect(abs(tall.height - 2 * hanging.height) < 1e-9 && abs(hanging.height - short.height) < 1e-9)
    #expect(abs(tall.y + tall.height - hanging.y) < 1e-9)
    #expect(abs(short.y + short.height - hanging.y) < 1e-9)
  }
}
