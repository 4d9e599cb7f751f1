import Bytes
import CZlib
import Testing

@testable import Drawing

@Suite("Pictures") struct DrawingTests {
  @Test func aColorMapMeetsItsAnchorsAndMixesBetween() {
    #expect(ColorMap.sequential.color(at: 0) == Color(0x440154))
    #expect(ColorMap.sequential.color(at: 0.5) == Color(0x21918c))
    #expect(ColorMap.sequential.color(at: 1) == Color(0xfde725))
    #expect(ColorMap.sequential.color(at: -3) == Color(0x440154))
    #expect(ColorMap.diverging.color(at: 0.5) == Color(0xf7f7f7))
    #expect(ColorMap.sequential.color(at: 1.0 / 16) == Color(0x461768))
  }

  @Test func ticksAreRoundNumbers() {
    func labels(_ range: ClosedRange<Double>, _ count: Int) -> [String] {
      Axis(range, from: 0, to: 100).ticks(about: count).map(\.label)
    }
    #expect(labels(0...1, 5) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(labels(-0.5...63.5, 8) == ["0", "10", "20", "30", "40", "50", "60"])
    #expect(labels(-1...1, 4) == ["-1.0", "-0.5", "0.0", "0.5", "1.0"])
    #expect(labels(-3e-5...2e-5, 5) == ["-0.00003", "-0.00002", "-0.00001", "0.00000", "0.00001", "0.00002"])
    #expect(labels(7...7, 4) == ["6.5", "7.0", "7.5"])
    #expect(labels(0...0, 4) == ["-0.5", "0.0", "0.5"])
    // Numbers that no paper has room for do no harm.
    #expect(labels(1e30...1e30, 4).count == 5)
    #expect(labels(-1.7e308...1.7e308, 2) == ["-1", "0", "1"])
  }

  /// A chunk of a PNG file.
  struct Chunk: Equatable {
    let type: String
    let contents: [UInt8]
  }

  func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

  /// Takes a file apart, comparing lengths and checksums.
  func chunks(of file: [UInt8]) -> [Chunk] {
    #expect(Array(file[..<8]) == [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    var chunks: [Chunk] = []
    var place = 8
    while place < file.count {
      let count = number(file[place..<place + 4])
      let body = Array(file[place + 4..<place + 8 + count])
      #expect(Int(crc32(0, body, uInt(body.count))) == number(file[place + 8 + count..<place + 12 + count]))
      chunks.append(Chunk(type: String(decoding: body[..<4], as: UTF8.self), contents: Array(body[4...])))
      place += 12 + count
    }
    #expect(place == file.count)
    return chunks
  }

  func inflated(_ bytes: [UInt8], count: Int) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: count + 1)
    var length = uLong(result.count)
    #expect(uncompress(&result, &length, bytes, uLong(bytes.count)) == Z_OK)
    #expect(Int(length) == count)
    return Array(result[..<min(Int(length), count)])
  }

  @Test func aPictureOfSixPixelsIsWrittenToTheLastByte() throws {
    let colors: [[Color]] = [
      [Color(0x010203), Color(0xff0000), Color(0x00ff00)], [Color(0x0000ff), Color(0xffffff), Color(0x808182)],
    ]
    let chunks = chunks(of: try PNG.bytes(of: Raster(colors)))
    #expect(chunks.map(\.type) == ["IHDR", "IDAT", "IEND"])
    // 3 by 2 pixels, 8 bits, red green blue, deflate, filters by row, no interlace.
    #expect(chunks[0].contents == [0, 0, 0, 3, 0, 0, 0, 2, 8, 2, 0, 0, 0])
    #expect(
      inflated(chunks[1].contents, count: 20) == [
        0, 1, 2, 3, 255, 0, 0, 0, 255, 0, 0, 0, 0, 255, 255, 255, 255, 0x80, 0x81, 0x82,
      ])
    #expect(chunks[2].contents.isEmpty)
  }

  @Test func strokesCoverWhatTheyPassAndNothingElse() {
    var raster = Raster(width: 9, height: 5)
    raster.stroke(from: (1.5, 2.5), to: (6.5, 2.5), width: 1, Color(0x000000))
    func gray(_ column: Int, _ row: Int) -> UInt8 { raster.bytes[3 * (row * 9 + column)] }
    #expect((1...6).allSatisfy { gray($0, 2) == 0 })
    #expect((0..<9).allSatisfy { gray($0, 0) == 255 && gray($0, 4) == 255 })
    #expect(gray(8, 2) == 255)
    raster.stroke(from: (-1e9, 3), to: (.infinity, -1e300), width: 2, Color(0x000000))
  }

  @Test func anSVGIsWrittenToTheLastByte() throws {
    var scene = Scene(width: 40, height: 30)
    scene.line([.init(x: 1, y: 2.5), .init(x: 3.125, y: 4)], Color(0x123456), width: 2)
    scene.text("a < b & \"c\"\u{7}", at: .init(x: 5, y: 6), size: 12, .middle, .ink, isTurned: true)
    #expect(
      String(decoding: try scene.svg(), as: UTF8.self) == """
        <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="30" \
        viewBox="0 0 40 30" font-family="Helvetica, Arial, sans-serif">
        <rect width="40" height="30" fill="#ffffff"/>
        <polyline points="1,2.5 3.12,4" fill="none" stroke="#123456" stroke-width="2" stroke-linejoin="round"/>
        <text x="5" y="6" font-size="12" text-anchor="middle" fill="#222222" transform="rotate(-90 5 6)">\
        a &lt; b &amp; &quot;c&quot;\u{fffd}</text>
        </svg>

        """)
  }

  @Test func everyLetterHasStrokesOfItsOwn() {
    var seen: [[Int]: Unicode.Scalar] = [:]
    // O and 0 are alike, as they are by hand.
    for code in UInt32(0x21)...0x7e where code != 0x4f {
      let scalar = Unicode.Scalar(code)!
      let strokes = Lettering.strokes(
        of: String(scalar), at: .init(x: 0, y: 0), size: 100 / 11, .start, isTurned: false)
      #expect(!strokes.isEmpty)
      let places = strokes.flatMap { [$0.from.x, $0.from.y, $0.to.x, $0.to.y] }.map { Int(($0 * 2).rounded()) }
      #expect(seen[places] == nil, "\(scalar) looks like \(seen[places]!)")
      seen[places] = scalar
    }
  }

  @Test func aHeatMapShowsItsNumbersInPixels() throws {
    let map = HeatMap(
      title: "t", subtitle: "s", horizontal: "h", vertical: "v", quantity: "q", rows: [[0, 1], [2, 4]], isSigned: false)
    let raster = map.scene.raster(scale: 1)
    #expect(raster.width == 760 && raster.height == 680)
    func color(_ x: Int, _ y: Int) -> [UInt8] { Array(raster.bytes[3 * (y * 760 + x)..<3 * (y * 760 + x) + 3]) }
    #expect(color(200, 200) == [0x44, 0x01, 0x54])
    #expect(color(480, 200) == [0x3b, 0x52, 0x8b])
    #expect(color(200, 480) == [0x21, 0x91, 0x8c])
    #expect(color(480, 480) == [0xfd, 0xe7, 0x25])
    let signed = HeatMap(
      title: "t", subtitle: "s", horizontal: "h", vertical: "v", quantity: "q", rows: [[-1, 0], [.nan, 4]],
      isSigned: true
    ).scene.raster(scale: 1)
    #expect(Array(signed.bytes[3 * (200 * 760 + 480)..<3 * (200 * 760 + 480) + 3]) == [0xf7, 0xf7, 0xf7])
  }

  @Test func aChartDrawsEveryCurveAndName() throws {
    let chart = CurveChart(
      title: "t", subtitle: "s", horizontal: "h", vertical: "v", first: -1,
      curves: [.init(name: "one", values: [0, 1, 2]), .init(name: "two", values: [2, .infinity, 0])])
    let text = String(decoding: try chart.scene.svg(), as: UTF8.self)
    #expect(text.contains("points=\"92,469.19 402,284 712,98.81\""), "\(text)")
    #expect(text.contains("points=\"92,98.81 712,469.19\""))
    #expect(text.contains(">one</text>") && text.contains(">two</text>"))
  }
}

@Suite("Charts of steps") struct StepChartTests {
  let chart = StepChart(
    title: "steps",
    groups: [
      StepChart.Group(title: nil, steps: [StepChart.Step(number: 1, columns: ["one", "[2]"], reads: [])]),
      StepChart.Group(
        title: "two and three",
        steps: [
          StepChart.Step(number: 2, columns: ["two", "[2]"], reads: [1]),
          StepChart.Step(number: 3, columns: ["three", "[2]"], reads: [1, 2]),
        ]),
    ])

  @Test("say every step, frame groups, and draw a line for what comes from further up")
  func marks() {
    func texts(_ scene: Scene) -> [String] {
      scene.marks.compactMap { if case .text(let text, _, _, _, _, _) = $0 { text } else { nil } }
    }
    #expect(
      texts(chart.scene) == ["steps", "two and three", "1", "one", "[2]", "2", "two", "[2]", "3", "three", "[2]"])
    // The frame, and the one value that does not come from the step above.
    let lines = chart.scene.marks.count { if case .line = $0 { true } else { false } }
    #expect(lines == 2)
  }

  @Test("are as high as their steps need, and skip steps that are not there")
  func sizes() {
    var longer = chart
    longer.groups[0].steps += (4..<14).map { StepChart.Step(number: $0, columns: ["more"], reads: [99]) }
    #expect(longer.scene.height == chart.scene.height + 240)
  }
}
